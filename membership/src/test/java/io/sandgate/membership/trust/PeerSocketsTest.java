package io.sandgate.membership.trust;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.membership.trust.Refusals.Where;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static io.sandgate.membership.trust.Authorities.OURS;
import static io.sandgate.membership.trust.Authorities.RANDOM;
import static io.sandgate.membership.trust.Authorities.THEIRS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class PeerSocketsTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Trust server = trust(OURS, "r1", registry);
    private final Trust client = trust(OURS, "r2", new SimpleMeterRegistry());
    private final Trust stranger = trust(THEIRS, "r2", new SimpleMeterRegistry());
    private final ServerSocket listener;

    PeerSocketsTest() throws IOException {
        listener = new PeerSockets(server).server();
    }

    @BeforeEach
    void bind() throws IOException {
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void close() throws IOException {
        listener.close();
        server.close();
        client.close();
        stranger.close();
    }

    @Test
    void replicas_ofOneSecret_talkOverTls13() throws Exception {
        CompletableFuture<Socket> accepted = accept();
        try (Socket socket = new PeerSockets(client).client()) {
            socket.connect(listener.getLocalSocketAddress());
            socket.getOutputStream().write(7);

            SSLSocket other = (SSLSocket) accepted.get();
            assertThat(other.getInputStream().read()).isEqualTo(7);
            assertThat(other.getSession().getProtocol()).isEqualTo("TLSv1.3");
            assertThat(server.idOf(List.of(other.getSession().getPeerCertificates()))).isEqualTo("r2");
        }
    }

    @Test
    void silentStrangers_doNotKeepAReplicaOut() throws Exception {
        CompletableFuture<Socket> accepted = accept();
        List<Socket> silent = new ArrayList<>();
        try (Socket socket = new PeerSockets(client).client()) {
            for (int i = 0; i < 6; i++) {
                Socket stranger = new Socket();
                silent.add(stranger);
                stranger.connect(listener.getLocalSocketAddress());
            }
            socket.connect(listener.getLocalSocketAddress());
            ((SSLSocket) socket).startHandshake();

            // one after the other they would take 30 s
            assertThat(accepted.get(15, TimeUnit.SECONDS).isConnected()).isTrue();
        } finally {
            for (Socket stranger : silent) {
                stranger.close();
            }
        }
    }

    @Test
    void oneAddress_withMoreHandshakesThanItMayHave_keepsNoOtherOut() throws Exception {
        CompletableFuture<Socket> accepted = accept();
        List<Socket> silent = new ArrayList<>();
        try (Socket socket = new PeerSockets(client).client()) {
            int flood = 2 * PeerServerSocket.MOST_FROM_ONE_ADDRESS;
            for (int i = 0; i < flood; i++) {
                Socket stranger = new Socket();
                silent.add(stranger);
                stranger.bind(new InetSocketAddress("127.0.0.9", 0));
                stranger.connect(listener.getLocalSocketAddress());
            }
            await().until(() -> refused(RefusalReason.TOO_MANY) == flood - PeerServerSocket.MOST_FROM_ONE_ADDRESS);

            socket.connect(listener.getLocalSocketAddress());
            ((SSLSocket) socket).startHandshake();
            assertThat(accepted.get(15, TimeUnit.SECONDS).isConnected()).isTrue();
        } finally {
            for (Socket stranger : silent) {
                stranger.close();
            }
        }
        await().until(() -> refused(RefusalReason.HANDSHAKE) == PeerServerSocket.MOST_FROM_ONE_ADDRESS);

        assertThat(refusedAgain("127.0.0.9")).as("once the others have ended").isEqualTo(1);
    }

    /// How many are looked at, of one more that comes from the address.
    private double refusedAgain(String address) throws Exception {
        double before = refused(RefusalReason.TOO_MANY);
        double other = refused(RefusalReason.NOT_TLS);
        try (Socket plain = new Socket()) {
            plain.bind(new InetSocketAddress(address, 0));
            plain.connect(listener.getLocalSocketAddress());
            plain.getOutputStream().write("bela, and what follows\n".getBytes(StandardCharsets.US_ASCII));
            await().until(() -> refused(RefusalReason.NOT_TLS) + refused(RefusalReason.TOO_MANY) > before + other);
        }
        return refused(RefusalReason.NOT_TLS) - other;
    }

    @Test
    void plainConnection_isClosedAndCounted() throws Exception {
        var _ = accept();
        try (Socket plain = new Socket()) {
            plain.connect(listener.getLocalSocketAddress());
            plain.getOutputStream().write("bela, and what follows\n".getBytes(StandardCharsets.US_ASCII));

            await().until(() -> refused(RefusalReason.NOT_TLS) == 1);
        }
    }

    @Test
    void clientWithoutACertificate_isRefused() throws Exception {
        var _ = accept();
        SSLContext naked = SSLContext.getInstance("TLSv1.3");
        naked.init(new KeyManager[0], new TrustManager[]{client.trustManager((id, host, port) -> true)}, null);

        handshake(naked.getSocketFactory().createSocket());

        await().until(() -> refused(RefusalReason.NO_CERTIFICATE) == 1);
    }

    @Test
    void clientOfAnotherSecret_isRefused() throws Exception {
        var _ = accept();
        SSLContext foreign = SSLContext.getInstance("TLSv1.3");
        foreign.init(new KeyManager[]{stranger.keyManager()},
                new TrustManager[]{client.trustManager((id, host, port) -> true)}, null);

        handshake(foreign.getSocketFactory().createSocket());

        await().until(() -> refused(RefusalReason.FOREIGN_AUTHORITY) == 1);
    }

    @Test
    void olderTls_isRefused() throws Exception {
        var _ = accept();
        SSLSocket socket = (SSLSocket) SSLContext.getDefault().getSocketFactory().createSocket();
        socket.setEnabledProtocols(new String[]{"TLSv1.2"});

        assertThatThrownBy(() -> {
            socket.connect(listener.getLocalSocketAddress());
            socket.startHandshake();
        }).isInstanceOf(IOException.class);
    }

    @Test
    void serverOfAnotherSecret_isNotSpokenTo() throws Exception {
        var _ = accept();
        try (Socket socket = new PeerSockets(stranger).client()) {
            socket.connect(listener.getLocalSocketAddress());

            assertThatThrownBy(() -> ((SSLSocket) socket).startHandshake()).isInstanceOf(IOException.class);
        }
    }

    @Test
    void certificates_thatAreExchanged_areShownInTheNextHandshakeAndOldOnesRefused(@TempDir Path directory)
            throws Exception {
        Instant now = Instant.now();
        List<X509Certificate> ours = List.of(OURS.certificate());
        TrustFiles files = Authorities.files(directory, OURS.issue("r2", now, RANDOM), ours);
        try (Trust own = new Trust(new CredentialFiles(files, "r2", InstantSource.system()), InstantSource.system(),
                new SimpleMeterRegistry(), Duration.ofMillis(5))) {
            assertThat(certificateThatIsShown(own).getIssuerX500Principal())
                    .isEqualTo(OURS.certificate().getSubjectX500Principal());
            Credentials next = THEIRS.issue("r2", now, RANDOM);

            Authorities.files(directory, next, List.of(OURS.certificate(), THEIRS.certificate()));
            await().until(() -> own.credentials().certificate().equals(next.certificate()));

            try (Socket socket = new PeerSockets(own).client()) {
                var _ = accept();
                socket.setSoTimeout(5_000);
                socket.connect(listener.getLocalSocketAddress());
                assertThatThrownBy(() -> {
                    ((SSLSocket) socket).startHandshake();
                    socket.getInputStream().read();
                }).isInstanceOf(IOException.class);
            }
            await().until(() -> refused(RefusalReason.FOREIGN_AUTHORITY) == 1);
        }
    }

    private X509Certificate certificateThatIsShown(Trust own) throws Exception {
        CompletableFuture<Socket> accepted = accept();
        try (Socket socket = new PeerSockets(own).client()) {
            socket.connect(listener.getLocalSocketAddress());
            ((SSLSocket) socket).startHandshake();
            return (X509Certificate) ((SSLSocket) accepted.get()).getSession().getPeerCertificates()[0];
        }
    }

    @Test
    void accept_whenItIsClosed_ends() throws Exception {
        CompletableFuture<Socket> accepted = accept();

        listener.close();

        assertThatThrownBy(accepted::get).hasRootCauseInstanceOf(IOException.class);
    }

    private CompletableFuture<Socket> accept() {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return listener.accept();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }, Executors.newVirtualThreadPerTaskExecutor());
    }

    /// In TLS 1.3 a client hears of its refusal when it reads.
    private void handshake(Socket client) throws IOException {
        try (client) {
            client.setSoTimeout(5_000);
            client.connect(listener.getLocalSocketAddress());
            assertThatThrownBy(() -> {
                ((SSLSocket) client).startHandshake();
                client.getInputStream().read();
            }).isInstanceOf(IOException.class);
        }
    }

    private double refused(RefusalReason reason) {
        return registry.get("sandgate.trust.refused").tag("where", Where.CLUSTER.tag()).tag("reason", reason.tag())
                .counter().count();
    }

    private static Trust trust(ClusterAuthority authority, String id, SimpleMeterRegistry registry) {
        return new Trust(new IssuedCredentials(authority, id, InstantSource.system(), RANDOM), InstantSource.system(),
                registry, Duration.ofHours(1));
    }
}
