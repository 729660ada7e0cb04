package io.sandgate.e2e.bench;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.e2e.bench.StubPeer.Temper;
import io.sandgate.proxy.replicate.HttpPeers;
import io.sandgate.proxy.replicate.PeerSync;
import io.sandgate.proxy.replicate.SyncBudget;
import io.sandgate.proxy.replicate.VertxLoop;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteKey;
import io.sandgate.proxy.route.RouteStates;
import io.sandgate.proxy.route.RouteVersion;
import io.sandgate.proxy.route.TrafficRules;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClientOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static io.sandgate.e2e.bench.MarkdownTable.ms;
import static io.sandgate.e2e.bench.MarkdownTable.whole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// What 1,000 route changes at once do to 200 peers: the bounds hold, and every peer ends with the newest of each.
@Tag("bench")
class ManyPeersBench {

    private static final int PEERS = 200;
    private static final int ROUTES = 800;
    private static final int CHANGES = 1_000;
    private static final int WARM_UPS = 4;
    private static final int IN_FLIGHT_GOAL = 64;
    private static final Duration DONE_WITHIN = Duration.ofSeconds(60);
    private static final Duration STEP = Duration.ofSeconds(10);

    /// What one burst did.
    private record Outcome(CountedTransport sent, Traffic received, long routes, double seconds, Latencies answered,
            long lost) {}

    @Test
    void changes_toTwoHundredPeers_arriveAllWithinTheBounds() throws Exception {
        Progress.say("many peers: warming up");
        for (int i = 0; i < WARM_UPS; i++) {
            burst(number -> Temper.GOOD);
        }
        Progress.say("many peers: %d changes, all %d peers good".formatted(CHANGES, PEERS));
        Outcome good = burst(number -> Temper.GOOD);
        Progress.say(
                "many peers: %d changes, some of the %d peers refusing or stuck at first".formatted(CHANGES, PEERS));
        Outcome mixed = burst(number -> switch (number % 10) {
            case 0 -> Temper.STUCK;
            case 1, 2 -> Temper.REFUSING;
            default -> Temper.GOOD;
        });

        int inFlight = Math.max(most(good), most(mixed));
        int atOnePeer = Math.max(good.sent().mostAtOnePeer(), mixed.sent().mostAtOnePeer());
        long lost = good.lost() + mixed.lost();
        new Report("many-peers", "Many peers", "The replication of one replica, over real connections, towards " + PEERS
                + " stub peers that need 1 to 10 ms for an answer; the stubs share the machine with it. " + CHANGES
                + " changes of " + ROUTES
                + " routes are published at once. Once all peers are good; once 20 of them do "
                + "not answer their first three requests, and 40 answer theirs with 503.")
                .goal("requests in flight, most", whole(inFlight), "at most " + IN_FLIGHT_GOAL,
                        inFlight <= IN_FLIGHT_GOAL)
                .goal("requests in flight at one peer, most", whole(atOnePeer), "at most 1", atOnePeer <= 1)
                .goal("route changes lost", whole(lost), "0", lost == 0)
                .table("In detail:", table(good, mixed)).publish();
        assertThat(lost).as("routes that are not at their newest version at a peer").isZero();
        assertThat(inFlight).as("requests in flight").isLessThanOrEqualTo(IN_FLIGHT_GOAL);
        assertThat(atOnePeer).as("requests in flight at one peer").isLessThanOrEqualTo(1);
    }

    private static int most(Outcome outcome) {
        return Math.max(outcome.sent().most(), (int) outcome.received().highestGauge());
    }

    private static MarkdownTable table(Outcome good, Outcome mixed) {
        return new MarkdownTable("", "all good", "some bad at first")
                .row("until the last peer had everything", ms(1e3 * good.seconds()), ms(1e3 * mixed.seconds()))
                .row("routes delivered a second", whole(good.routes() / good.seconds()),
                        whole(mixed.routes() / mixed.seconds()))
                .row("requests", whole(good.sent().requests()), whole(mixed.sent().requests()))
                .row("refused or not answered in time", whole(good.sent().failures()), whole(mixed.sent().failures()))
                .row("routes in a request, mean", mean(good), mean(mixed))
                .row("callers answered, p50", ms(good.answered().p50()), ms(mixed.answered().p50()))
                .row("callers answered, slowest", ms(good.answered().max()), ms(mixed.answered().max()))
                .row("most in flight, counted where they are sent", good.sent().most(), mixed.sent().most())
                .row("most in flight, by the gauge", whole(good.received().highestGauge()),
                        whole(mixed.received().highestGauge()))
                .row("most in flight, seen by the peers, with what was given up", good.received().mostInFlight(),
                        mixed.received().mostInFlight());
    }

    private static String mean(Outcome outcome) {
        return String.format("%.0f", outcome.routes() / (double) outcome.sent().requests());
    }

    private static Outcome burst(IntFunction<Temper> tempers)
            throws InterruptedException, ExecutionException, TimeoutException {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        Vertx there = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        Vertx here = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
        try (HttpPeers http = new HttpPeers(here, "sender", new HttpClientOptions())) {
            CountedTransport transport = new CountedTransport(http);
            PeerSync sync = new PeerSync(SyncBudget.DEFAULT, transport, new VertxLoop(here, here.getOrCreateContext()),
                    new Random(7), meters);
            Traffic traffic = new Traffic(() -> meters.get("sandgate.sync.in.flight").gauge().value());
            List<StubPeer> peers = IntStream.range(0, PEERS)
                    .mapToObj(number -> new StubPeer(number, there, tempers.apply(number), traffic)).toList();
            get(Future.all(peers.stream().map(StubPeer::listen).toList()).toCompletionStage().toCompletableFuture());
            peers.forEach(peer -> sync.join(peer.member()));

            List<Route> changes = changes();
            Map<RouteKey, RouteVersion> newest = newest(changes);
            Latencies answered = new Latencies();
            long start = System.nanoTime();
            List<CompletableFuture<Void>> callers = changes.stream()
                    .map(route -> sync.publish(route).thenRun(() -> answered.add(System.nanoTime() - start))
                            .toCompletableFuture())
                    .toList();
            await().atMost(DONE_WITHIN).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5))
                    .until(() -> on(there, () -> peers.stream().allMatch(peer -> peer.taken() >= newest.size()))
                            && meters.get("sandgate.sync.outbox.routes").gauge().value() == 0
                            && meters.get("sandgate.sync.in.flight").gauge().value() == 0);
            double seconds = (System.nanoTime() - start) / 1e9;
            get(CompletableFuture.allOf(callers.toArray(CompletableFuture[]::new)));
            long routes = on(there, () -> peers.stream().mapToLong(StubPeer::taken).sum());
            long lost = on(there, () -> missing(peers, newest));
            peers.forEach(peer -> sync.leave(peer.member()));
            return new Outcome(transport, traffic, routes, seconds, answered, lost);
        } finally {
            get(here.close().toCompletionStage().toCompletableFuture());
            get(there.close().toCompletionStage().toCompletableFuture());
        }
    }

    /// New routes, and a newer version for some of them.
    private static List<Route> changes() {
        List<Route> changes = new ArrayList<>();
        for (int i = 0; i < CHANGES; i++) {
            int number = i % ROUTES;
            boolean again = i >= ROUTES;
            changes.add(new Route(Route.DEFAULT_NAMESPACE, "sandbox-" + number, "sandbox-" + number, "uid-" + number,
                    "team-a", "127.64." + number / 250 + "." + (1 + number % 250),
                    again ? RouteStates.PAUSED : RouteStates.RUNNING, RouteVersion.of(0, again ? 2 : 1), "sender",
                    TrafficRules.OPEN,
                    null));
        }
        return changes;
    }

    private static Map<RouteKey, RouteVersion> newest(List<Route> changes) {
        Map<RouteKey, RouteVersion> newest = new HashMap<>();
        changes.forEach(route -> newest.put(route.key(), route.version()));
        return newest;
    }

    private static long missing(List<StubPeer> peers, Map<RouteKey, RouteVersion> newest) {
        return peers.stream().map(StubPeer::newest).mapToLong(has -> newest.entrySet().stream()
                .filter(route -> !route.getValue().equals(has.get(route.getKey()))).count()).sum();
    }

    private static <T> T on(Vertx loop, Supplier<T> question)
            throws InterruptedException, ExecutionException, TimeoutException {
        CompletableFuture<T> answer = new CompletableFuture<>();
        loop.getOrCreateContext().runOnContext(ignored -> answer.complete(question.get()));
        return get(answer);
    }

    private static <T> T get(CompletableFuture<T> future)
            throws InterruptedException, ExecutionException, TimeoutException {
        return future.get(STEP.toSeconds(), TimeUnit.SECONDS);
    }
}
