package io.sandgate.api.health;

import io.sandgate.api.http.TestServer;
import io.sandgate.membership.Endpoint;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ListenerProbeTest {
    private final Vertx vertx = Vertx.vertx();
    private final ListenerProbes probes = new ListenerProbes(vertx, new HttpClientOptions(), Duration.ofMillis(300),
            new Random(1));

    @AfterEach
    void close() {
        vertx.close().await();
    }

    @Test
    void listener_thatEchoesTheNonce_passesOverANewConnectionNowAndThen() {
        Set<String> connections = new LinkedHashSet<>();
        try (TestServer server = new TestServer(router -> {
            router.route().handler(context -> {
                connections.add(context.request().connection().remoteAddress().toString());
                context.next();
            });
            NonceEcho.mount(router);
        })) {
            Probe probe = probe(server.port());
            for (int i = 1; i <= 2 * ListenerProbe.QUESTIONS_PER_CONNECTION; i++) {
                assertThat(probe.ask().toCompletableFuture()).succeedsWithin(Duration.ofSeconds(10));
                assertThat(connections).hasSize(i <= ListenerProbe.QUESTIONS_PER_CONNECTION ? 1 : 2);
            }
        }
    }

    @Test
    void listener_thatStandsStillAfterItAnswered_failsAndPassesOnceItAnswersAgain() {
        AtomicBoolean still = new AtomicBoolean();
        try (TestServer server = new TestServer(router -> {
            router.route().handler(context -> {
                if (!still.get()) {
                    context.next();
                }
            });
            NonceEcho.mount(router);
        })) {
            Probe probe = probe(server.port());
            assertThat(probe.ask().toCompletableFuture()).succeedsWithin(Duration.ofSeconds(10));
            still.set(true);
            for (int i = 0; i < 5; i++) {
                assertThat(probe.ask().toCompletableFuture()).failsWithin(Duration.ofSeconds(10));
            }
            still.set(false);
            assertThat(probe.ask().toCompletableFuture()).succeedsWithin(Duration.ofSeconds(10));
        }
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
        return probe(port).ask().toCompletableFuture();
    }

    private Probe probe(int port) {
        return probes.of("peer", new Endpoint("127.0.0.1", port), NonceEcho.PATH);
    }

    private void assertFails(int port, String message) {
        assertThat(ask(port)).failsWithin(Duration.ofSeconds(10)).withThrowableOfType(ExecutionException.class)
                .withMessageContaining(message);
    }
}
