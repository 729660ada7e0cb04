package io.sandgate.api;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.api.cli.RunningReplica;
import io.sandgate.api.settings.ApiKey;
import io.sandgate.api.settings.ApiKeys;
import io.sandgate.api.settings.Secret;
import io.sandgate.api.settings.SettingSources;
import io.sandgate.api.settings.Settings;
import io.sandgate.membership.Endpoint;
import io.sandgate.membership.trust.Trust;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/// Who may do what on the peer listener of a whole replica under mutual TLS.
class ReplicaTrustTest {
    private static final String SECRET = "the secret of this cluster";
    private static final String ROUTE = """
            {"namespace":"default","name":"n","id":"n","uid":"u","owner":"o","ip":"127.77.0.9","state":"running",\
            "resourceVersion":"1"}""";
    private static final List<AutoCloseable> OPEN = new ArrayList<>();

    @TempDir
    private static Path data = Path.of("");

    private static @Nullable RunningReplica running;

    @BeforeAll
    static void start() throws IOException {
        Settings settings = Settings
                .load(SettingSources.assigned("replica.id=r1", "data.dir=" + data, "public.port=" + freePort(),
                        "peer.port=0", "admin.port=0", "cluster.port=" + freePort(), "cluster.secret=" + SECRET,
                        "sandbox.addresses=127.111.0.0/16"));
        running = Replica.start(settings, ApiKeys.of(List.of(
                new ApiKey("test", new Secret("e2b_00112233445566778899aabbccddeeff00112233")))));
    }

    @AfterAll
    static void stop() throws Exception {
        replica().close();
        for (AutoCloseable thing : OPEN) {
            thing.close();
        }
    }

    @Test
    void member_underItsOwnName_mayReadAndWrite() throws Exception {
        HttpClient r1 = client(context(trust(SECRET, "r1")));

        assertThat(call(r1, "GET", "/routes", null).statusCode()).isEqualTo(200);
        assertThat(call(r1, "POST", "/refresh", "r1").statusCode()).isEqualTo(204);
        assertThat(call(r1, "PUT", "/routes/default/fed", "r1").statusCode()).isNotEqualTo(403);
        assertThat(call(r1, "GET", "/owner/sandboxes", "r1").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"POST,/refresh", "POST,/refresh/batch", "PUT,/routes/default/n", "DELETE,/routes/default/n",
            "POST,/owner/sandboxes/n/pause", "DELETE,/owner/sandboxes/n", "GET,/owner/sandboxes",
            "POST,//refresh", "POST,/a/..%2frefresh"})
    void replica_thatIsNoMember_mayNotWrite(String method, String path) throws Exception {
        HttpClient r2 = client(context(trust(SECRET, "r2")));

        HttpResponse<String> answer = call(r2, method, path, "r2");

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains("replica r2 is no member of this cluster");
    }

    @ParameterizedTest
    @CsvSource({"POST,/refresh", "POST,/refresh/batch", "PUT,/routes/default/n", "DELETE,/routes/default/n",
            "POST,/owner/sandboxes/n/pause", "DELETE,/owner/sandboxes/n", "GET,/owner/sandboxes", "GET,/routes"})
    void replica_underAMembersName_mayDoNothing(String method, String path) throws Exception {
        HttpClient r2 = client(context(trust(SECRET, "r2")));

        HttpResponse<String> answer = call(r2, method, path, "r1");

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains("the certificate of replica r2 calls with ");
        assertThat(metrics()).contains("sandgate_trust_refused_total{reason=\"wrong_id\",where=\"peer\"}");
    }

    @Test
    void replica_thatIsNoMemberYet_mayRead() throws Exception {
        assertThat(call(client(context(trust(SECRET, "r2"))), "GET", "/routes", "r2").statusCode()).isEqualTo(200);
    }

    @Test
    void caller_withoutACertificate_doesNotGetThroughTheHandshake() throws Exception {
        HttpClient nobody = client(context(new KeyManager[0], trust(SECRET, "r2")));

        assertThatThrownBy(() -> call(nobody, "GET", "/routes", null)).isInstanceOf(IOException.class);
        assertCounted("no_certificate");
    }

    @Test
    void caller_ofAnotherSecret_doesNotGetThroughTheHandshake() throws Exception {
        HttpClient foreign = client(context(
                new KeyManager[]{trust("another secret of a cluster", "r1").keyManager()}, trust(SECRET, "r1")));

        assertThatThrownBy(() -> call(foreign, "GET", "/routes", null)).isInstanceOf(IOException.class);
        assertCounted("foreign_authority");
    }

    @Test
    void plainHttp_isClosedWithoutAnAnswer() throws Exception {
        Endpoint peer = replica().peerEndpoint();
        try (Socket socket = new Socket(peer.host(), peer.port())) {
            socket.getOutputStream()
                    .write("GET /routes HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                    .doesNotContain("HTTP");
        }
        assertCounted("not_tls");
    }

    @Test
    void olderTls_isRefused() throws Exception {
        SSLParameters older = new SSLParameters(null, new String[]{"TLSv1.2"});
        HttpClient client = HttpClient.newBuilder().sslContext(context(trust(SECRET, "r1"))).sslParameters(older)
                .build();
        OPEN.add(client);

        assertThatThrownBy(() -> call(client, "GET", "/routes", null)).isInstanceOf(IOException.class);
    }

    /// The JDK's client would compare the name of the host, which is no part of a replica's certificate.
    private static HttpClient client(SSLContext context) {
        HttpClient client = HttpClient.newBuilder().sslContext(context).version(HttpClient.Version.HTTP_1_1).build();
        OPEN.add(client);
        return client;
    }

    private static SSLContext context(Trust trust) throws Exception {
        return context(new KeyManager[]{trust.keyManager()}, trust);
    }

    private static SSLContext context(KeyManager[] shown, Trust believed) throws Exception {
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(shown, new TrustManager[]{believed.trustManager((id, host, port) -> id.equals("r1"))}, null);
        return context;
    }

    private static Trust trust(String secret, String id) {
        Trust trust = Trust.ofSecret(secret, id, InstantSource.system(), new SecureRandom(), new SimpleMeterRegistry());
        OPEN.add(trust);
        return trust;
    }

    private static HttpResponse<String> call(HttpClient client, String method, String path, @Nullable String claimed)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("https://" + replica().peerEndpoint() + path))
                .timeout(Duration.ofSeconds(10)).header("X-Sandgate-Owner", "test")
                .method(method, method.equals("GET") || method.equals("DELETE")
                        ? BodyPublishers.noBody()
                        : BodyPublishers.ofString(ROUTE));
        if (claimed != null) {
            request.header("Sandgate-Replica", claimed).header("X-Sandgate-Hop", claimed);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private static void assertCounted(String reason) {
        await().untilAsserted(() -> assertThat(metrics()).containsPattern(
                "sandgate_trust_refused_total\\{reason=\"" + reason + "\",where=\"peer\"} [1-9]"));
    }

    private static String metrics() throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(URI.create("http://" + replica().adminEndpoint() + "/metrics"))
                    .build(), BodyHandlers.ofString()).body();
        }
    }

    private static RunningReplica replica() {
        return Objects.requireNonNull(running);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
