package io.sandgate.api.health;

import io.sandgate.api.http.TestServer;
import io.sandgate.membership.Endpoint;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ListenerProbeTest {
    private final Vertx vertx = Vertx.vertx();
    private final ListenerProbes probes = new ListenerProbes(vertx, new HttpClientOptions(), Duration.ofMillis(300),
            new Random(1));

    @AfterEach
    void close() {
        vertx.close().await();
    }

    @Test
    void listener_thatEchoesTheNonce_passesOverANewConnectionEachTime() {
        List<String> connections = new ArrayList<>();
        try (TestServer server = new TestServer(router -> {
            router.route().handler(context -> {
                connections.add(context.request().connection().remoteAddress().toString());
                context.next();
            });
            NonceEcho.mount(router);
        })) {
            assertThat(ask(server.port())).succeedsWithin(Duration.ofSeconds(10));
            assertThat(ask(server.port())).succeedsWithin(Duration.ofSeconds(10));
        }
        assertThat(connections).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void listener_thatAnswersSomethingElse_fails() {
        try (TestServer server = new TestServer(
                router -> router.route().handler(context -> context.response().end("always this")))) {
            assertFails(server.port(), "something else answered (expected: the nonce)");
        }
        try (TestServer server = new TestServer(
                router -> router.route().handler(context -> context.response().setStatusCode(503).end()))) {
            assertFails(server.port(), "status 503 (expected: 200)");
        }
    }

    @Test
    void listener_thatTakesConnectionsAndStandsStill_fails() throws IOException {
        try (ServerSocket still = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            assertFails(still.getLocalPort(), "");
        }
    }

    @Test
    void listener_thatIsClosed_fails() throws IOException {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        assertFails(port, "Connection refused");
    }

    @Test
    void nonce_thatIsNone_isNotEchoed() {
        try (TestServer server = new TestServer(NonceEcho::mount)) {
            assertThat(server.call("GET", "/probe?nonce=0Az", "").body()).isEqualTo("0Az");
            for (String query : List.of("", "?nonce=", "?nonce=" + "a".repeat(65), "?nonce=%3Cb%3E", "?nonce=a%0D")) {
                assertThat(server.call("GET", "/probe" + query, "").statusCode()).as(query).isEqualTo(400);
            }
            assertThat(server.raw("GET /probe?nonce=%")).startsWith("HTTP/1.1 400");
        }
    }

    @Test
    void publicListener_answersAtItsPathAndLeavesEverythingElse() {
        try (TestServer server = new TestServer(router -> router.route().handler(context -> {
            if (!NonceEcho.take(context.request())) {
                context.response().setStatusCode(418).end();
            }
        }))) {
            assertThat(server.call("GET", "/sandgate/probe?nonce=a1", "").body()).isEqualTo("a1");
            for (String path : List.of("/sandgate/probe", "/sandgate/probe?nonce=%20", "/sandgate/probe/?nonce=a",
                    "/probe?nonce=a", "/x/sandgate/probe?nonce=a")) {
                assertThat(server.call("GET", path, "").statusCode()).as(path).isEqualTo(418);
            }
            assertThat(server.call("POST", "/sandgate/probe?nonce=a", "").statusCode()).isEqualTo(418);
        }
    }

    private CompletableFuture<Void> ask(int port) {
        return probes.of("peer", new Endpoint("127.0.0.1", port), NonceEcho.PATH).ask().toCompletableFuture();
    }

    private void assertFails(int port, String message) {
        assertThatThrownBy(() -> ask(port).orTimeout(10, TimeUnit.SECONDS).join())
                .hasMessageContaining(message)
                .satisfies(error -> assertThat(error.getCause()).isNotInstanceOf(TimeoutException.class));
    }
}
