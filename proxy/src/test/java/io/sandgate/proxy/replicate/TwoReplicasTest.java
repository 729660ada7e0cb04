package io.sandgate.proxy.replicate;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.membership.Endpoint;
import io.sandgate.membership.Member;
import io.sandgate.membership.MemberState;
import io.sandgate.membership.MembershipChange;
import io.sandgate.proxy.route.AddressRanges;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteJson;
import io.sandgate.proxy.route.RouteJson.MalformedRouteException;
import io.sandgate.proxy.route.RouteTable;
import io.sandgate.proxy.route.RouteVersion;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.sandgate.proxy.route.Routes.route;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Y7: two replicas end to end over real sockets.
@Timeout(60)
class TwoReplicasTest {
    /// A loaded machine must not make a peer slow.
    private static final SyncBudget PATIENT = new SyncBudget(Duration.ofSeconds(5), 3, Duration.ofMillis(20), 2, 0.5,
            Duration.ofSeconds(10), 64, 8, Duration.ofSeconds(8), 3, Duration.ofMillis(50), 10_000, 1_000, 256 * 1024);

    /// A replica with the least of a peer listener.
    private final class Replica {
        private final String id;
        private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
        private final RouteTable table = new RouteTable(RouteTable.Limits.DEFAULT,
                AddressRanges.of(List.of("127.64.0.0/10")), System::nanoTime);
        private final HttpPeers http;
        private final PeerSync sync;
        private final PeerWatch watch;
        private @Nullable HttpServer server;

        Replica(String id) {
            this.id = id;
            VertxLoop loop = new VertxLoop(vertx, vertx.getOrCreateContext());
            http = new HttpPeers(vertx, id, new HttpClientOptions());
            sync = new PeerSync(PATIENT, http, loop, new SplittableRandom(1), metrics);
            watch = new PeerWatch(id, sync, WholeLists.reconciler(table, http), loop);
        }

        int listen(int port) throws Exception {
            HttpServer listening = vertx.createHttpServer()
                    .requestHandler(request -> request.body().onSuccess(body -> answer(request, body)));
            server = listening;
            return listening.listen(port, "127.0.0.1").toCompletionStage().toCompletableFuture()
                    .get(10, TimeUnit.SECONDS)
                    .actualPort();
        }

        private void answer(HttpServerRequest request, Buffer body) {
            if (request.headers().contains(HttpPeers.RECONCILE)) {
                watch.fetchFrom(request.getHeader(HttpPeers.SENDER));
            }
            Buffer answer = Buffer.buffer();
            switch (request.path()) {
                case "/refresh", "/refresh/batch" -> body.toString(StandardCharsets.UTF_8).lines().forEach(this::apply);
                default -> table.routes().forEach(
                        each -> answer.appendBytes(RouteJson.write(each)).appendString("\n"));
            }
            request.response().putHeader(HttpPeers.SENDER, id).end(answer);
        }

        private void apply(String line) {
            try {
                table.apply(Objects.requireNonNull(RouteJson.read(line.getBytes(StandardCharsets.UTF_8))));
            } catch (MalformedRouteException e) {
                throw new AssertionError(line, e);
            }
        }

        Member member(int port) {
            return new Member(id, 1, new Endpoint("127.0.0.1", port), new Endpoint("127.0.0.1", port),
                    MemberState.READY);
        }

        SyncResult put(String name, long version) throws Exception {
            return publish(route(name, name, version, id));
        }

        SyncResult publish(Route route) throws Exception {
            assertThat(table.apply(route).isApplied()).isTrue();
            return sync.publish(route).toCompletableFuture().get(20, TimeUnit.SECONDS);
        }
    }

    private final Vertx vertx = Vertx.vertx();
    private final List<Replica> replicas = new ArrayList<>();
    private Replica one = replica("r1");
    private Replica two = replica("r2");

    private Replica replica(String id) {
        Replica made = new Replica(id);
        replicas.add(made);
        return made;
    }

    @BeforeEach
    void meet() throws Exception {
        Member first = one.member(one.listen(0));
        Member second = two.member(two.listen(0));
        one.put("before", 1);
        one.watch.changed(new MembershipChange.Joined(second));
        two.watch.changed(new MembershipChange.Joined(first));
        one.watch.caughtUp().toCompletableFuture().get(20, TimeUnit.SECONDS);
        two.watch.caughtUp().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @AfterEach
    void close() {
        replicas.forEach(replica -> replica.http.close());
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void y7_change_isAtTheOtherWhenTheCallerIsAnswered() throws Exception {
        for (int version = 1; version <= 200; version++) {
            assertThat(one.put("a", version)).isEqualTo(new SyncResult(1, 1, 1));
            assertThat(Objects.requireNonNull(two.table.find("a")).version().longValue()).isEqualTo(version);
        }
        assertThat(one.publish(route("a", "a", 200, "r1").dead(RouteVersion.of(201))).acknowledged()).isOne();
        assertThat(two.table.find("a")).isNull();
        assertThat(two.put("b", 1).acknowledged()).isOne();
        assertThat(one.table.find("b")).isNotNull();
    }

    @Test
    void y7_whatWasThereBeforeTheyMet_isFetched() {
        await().untilAsserted(() -> assertThat(two.table.find("before")).isNotNull());
    }

    @Test
    void y7_peerWhoseListenerGoesAndComesBack_hasEverythingAgain() throws Exception {
        one.put("a", 1);
        HttpServer server = Objects.requireNonNull(two.server);
        int port = server.actualPort();
        server.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        for (int route = 0; route < 50; route++) {
            one.put("r" + route, 1);
        }
        assertThat(two.table.size()).isLessThan(50);
        two.listen(port);
        await().untilAsserted(() -> assertThat(two.table.size()).isEqualTo(52));
        await().untilAsserted(() -> assertThat(one.metrics.get("sandgate.sync.slow.peers").gauge().value())
                .isZero());
    }
}
