package io.sandgate.api;

import io.sandgate.api.cli.RunningReplica;
import io.sandgate.api.settings.ApiKey;
import io.sandgate.api.settings.ApiKeys;
import io.sandgate.api.settings.CertificateFiles;
import io.sandgate.api.settings.Secret;
import io.sandgate.api.settings.SettingSources;
import io.sandgate.api.settings.Settings;
import io.sandgate.membership.Endpoint;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/// A whole replica whose public listener has a certificate.
class ReplicaTlsTest {
    private static final String KEY = "e2b_00112233445566778899aabbccddeeff00112233";
    private static final String SANDBOX = "127.77.0.9";

    @TempDir
    private static Path directory = Path.of("");

    private static final Vertx vertx = Vertx.vertx();
    private static @Nullable RunningReplica running;
    private static int sandboxPort;

    private record Answered(int status, HttpVersion version, String body) {}

    @BeforeAll
    static void start() throws Exception {
        CertificateFiles files = new CertificateFiles(directory.resolve("public.pem"), directory.resolve("public.key"));
        TestCertificate.issued().write(files);
        running = Replica.start(Settings.load(SettingSources.assigned("replica.id=r1", "data.dir=" + directory,
                "public.port=0", "peer.port=0", "admin.port=0", "cluster.port=" + freePort(),
                "sandbox.addresses=127.112.0.0/16", "proxy.forwarded-fields=x-forwarded", "connections.per-address=1",
                "public.tls-certificate=" + files.certificate(),
                "public.tls-key=" + files.key())), ApiKeys.of(List.of(new ApiKey("test", new Secret(KEY)))));
        sandboxPort = vertx.createHttpServer().requestHandler(request -> request.body()
                .onSuccess(body -> request.response().end(request.getHeader("x-forwarded-proto") + " " + body)))
                .listen(0, SANDBOX).await().actualPort();
        Endpoint admin = replica().adminEndpoint();
        assertThat(ask(new HttpClientOptions(), new RequestOptions().setMethod(HttpMethod.PUT)
                .setHost(admin.host()).setPort(admin.port()).setURI("/routes/default/sandbox1"),
                "{\"ip\":\"" + SANDBOX + "\"}").status()).isEqualTo(200);
    }

    @AfterAll
    static void stop() {
        replica().close();
        vertx.close().await();
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
    void lifecycleCall_isAnswered(HttpVersion version) {
        Answered answer = ask(tls(version), publicly("localhost", "/sandboxes").putHeader("X-API-Key", KEY), "");

        assertThat(answer).isEqualTo(new Answered(200, version, "[]"));
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
    void requestToASandbox_passes(HttpVersion version) {
        Answered answer = ask(tls(version),
                publicly(sandboxPort + "-sandbox1.localhost", "/").setMethod(HttpMethod.POST),
                "a body");

        assertThat(answer).isEqualTo(new Answered(200, version, "https a body"));
    }

    @ParameterizedTest
    @CsvSource({"HTTP_1_1, 127.0.0.2, 127.0.0.3", "HTTP_2, 127.0.0.4, 127.0.0.5"})
    void followers_ofOneAddress_areLimitedWithoutRegardToOthers(java.net.http.HttpClient.Version version, String one,
            String other) throws Exception {
        try (Follower first = new Follower(version, one);
                Follower second = new Follower(version, one);
                Follower third = new Follower(version, other)) {
            assertThat(first.status()).isEqualTo(200);
            assertThat(second.status()).isEqualTo(429);
            assertThat(third.status()).isEqualTo(200);
        }
    }

    /// Follows the events from an address of its own until it is closed.
    private record Follower(java.net.http.HttpClient client) implements AutoCloseable {

        Follower(java.net.http.HttpClient.Version version, String from) throws IOException {
            this(java.net.http.HttpClient.newBuilder().version(version).sslContext(AnyCertificate.context())
                    .localAddress(InetAddress.getByName(from)).build());
        }

        int status() throws Exception {
            Endpoint endpoint = replica().publicEndpoint();
            HttpResponse<?> answer = client.send(HttpRequest
                    .newBuilder(URI.create("https://" + endpoint.host() + ":" + endpoint.port() + "/events"))
                    .header("X-API-Key", KEY).timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofInputStream());
            assertThat(answer.version()).isEqualTo(client.version());
            return answer.statusCode();
        }

        @Override
        public void close() {
            client.shutdownNow();
        }
    }

    @Test
    void plainText_getsNoAnswer() throws IOException {
        Endpoint endpoint = replica().publicEndpoint();
        try (Socket socket = new Socket(endpoint.host(), endpoint.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                    .doesNotContain("HTTP");
        }
    }

    private static RequestOptions publicly(String host, String path) {
        Endpoint endpoint = replica().publicEndpoint();
        return new RequestOptions().setServer(SocketAddress.inetSocketAddress(endpoint.port(), endpoint.host()))
                .setHost(host).setPort(endpoint.port()).setURI(path);
    }

    private static HttpClientOptions tls(HttpVersion version) {
        return new HttpClientOptions().setSsl(true).setTrustAll(true).setVerifyHost(false).setUseAlpn(true)
                .setProtocolVersion(version);
    }

    private static Answered ask(HttpClientOptions options, RequestOptions request, String body) {
        HttpClient client = vertx.createHttpClient(options);
        try {
            return client.request(request).compose(sent -> sent.send(body))
                    .compose(answer -> answer.body().map(
                            read -> new Answered(answer.statusCode(), answer.version(), read.toString())))
                    .await(20, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("no answer to " + request.toJson(), e);
        } finally {
            client.close().await();
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
