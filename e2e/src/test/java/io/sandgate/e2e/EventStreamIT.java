package io.sandgate.e2e;

import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.EventFeed;
import io.sandgate.e2e.harness.EventOracle;
import io.sandgate.e2e.harness.EventOracle.Known;
import io.sandgate.e2e.harness.EventRequest;
import io.sandgate.e2e.harness.EventRequest.Transport;
import io.sandgate.e2e.harness.EventSubscriber;
import io.sandgate.e2e.harness.FedRoutes;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.sandgate.e2e.harness.StreamFrame;
import io.sandgate.e2e.harness.StreamTrace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// What subscribers of one replica's events get, whenever they come, whatever they want, and however fast they read.
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class EventStreamIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final long SEED = 7;
    private static final int EVENTS = 40_000;
    private static final int ROUTES = 1_000;
    private static final int SUBSCRIBERS = 50;
    private static final List<Transport> TRANSPORTS = List.of(Transport.values());

    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.of(1);

    private final ReplicaProcess replica = cluster.replica(1);

    /// A subscriber, and what it wants.
    private record Wanting(EventSubscriber subscriber, StreamTrace trace, Predicate<Known> wanted) {}

    @Test
    void subscribers_atRandomCursorsDuringManyEvents_getExactlyWhatTheyShould() {
        Random random = new Random(SEED);
        EventOracle oracle = new EventOracle();
        EventFeed feed = new EventFeed(cluster.http(), replica, "many", ROUTES, route -> "team-" + route % 7);
        List<Wanting> all = new ArrayList<>();
        try (EventSubscriber reference = EventRequest.admin(replica).subscribe(oracle);
                ExecutorService thread = Executors.newSingleThreadExecutor()) {
            feed.make(100);
            await().atMost(SOON).until(() -> oracle.count() >= 100);
            CompletableFuture<Void> feeding = CompletableFuture.runAsync(() -> feed.make(EVENTS - 100), thread);
            for (int i = 0; i < SUBSCRIBERS; i++) {
                // spread over the whole run, however fast it goes
                int reached = 100 + i * (EVENTS - 200) / SUBSCRIBERS;
                await().atMost(SOON).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1))
                        .until(() -> oracle.count() >= reached);
                all.add(subscribe(random, oracle, feed));
            }
            feeding.join();
            await().atMost(SOON).until(() -> oracle.count() >= EVENTS);
            oracle.assertDense();
            for (Wanting each : all) {
                assertGotAll(each, oracle);
            }
            assertThat(reference.isOver()).isFalse();
        } finally {
            all.forEach(each -> each.subscriber().close());
        }
    }

    private Wanting subscribe(Random random, EventOracle oracle, EventFeed feed) {
        EventRequest request = EventRequest.admin(replica)
                .over(TRANSPORTS.get(random.nextInt(TRANSPORTS.size())));
        Predicate<Known> wanted = event -> true;
        switch (random.nextInt(4)) {
            case 0 -> {
                String id = feed.id(random.nextInt(ROUTES));
                request = request.with("sandbox", id);
                wanted = event -> event.sandbox().equals(id);
            }
            case 1 -> {
                request = request.with("owner", "team-3,team-5").with("kind", "route");
                wanted = event -> (event.owner().equals("team-3") || event.owner().equals("team-5"))
                        && event.kind().startsWith("route.");
            }
            default -> {
                // everything
            }
        }
        List<Known> known = oracle.events();
        if (random.nextInt(8) > 0) {
            request = request.after(oracle.cursor(known.get(random.nextInt(known.size())).seq()));
        }
        StreamTrace trace = new StreamTrace();
        return new Wanting(request.subscribe(trace), trace, wanted);
    }

    private static void assertGotAll(Wanting each, EventOracle oracle) {
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(each.trace().start()).isNotEmpty();
            long after = Long.parseLong(each.trace().start().substring(each.trace().start().indexOf(':') + 1));
            assertThat(each.trace().count()).isEqualTo(oracle.expected(after, each.wanted()).size());
            assertThat(each.trace().events()).isEqualTo(oracle.expected(after, each.wanted()));
            assertThat(each.trace().marks("live")).isOne();
        });
        assertThat(each.trace().problems()).isEmpty();
    }

    @Test
    void filterOfOneInAThousand_acrossTheSeam_losesAndRepeatsNothing() {
        EventOracle oracle = new EventOracle();
        EventFeed feed = new EventFeed(cluster.http(), replica, "rare", ROUTES, route -> "team-rare");
        try (EventSubscriber reference = EventRequest.admin(replica).subscribe(oracle);
                ExecutorService thread = Executors.newSingleThreadExecutor()) {
            feed.make(10_000);
            await().atMost(SOON).until(() -> oracle.count() >= 10_000);
            String start = oracle.cursor(oracle.events().getFirst().seq());
            CompletableFuture<Void> feeding = CompletableFuture.runAsync(() -> feed.make(10_000), thread);
            List<Wanting> all = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                String id = feed.id(ROUTES - 1 - i);
                StreamTrace trace = new StreamTrace();
                all.add(new Wanting(EventRequest.admin(replica).after(start).with("sandbox", id)
                        .over(i % 2 == 0 ? Transport.WEB_SOCKET : Transport.SERVER_SENT).subscribe(trace), trace,
                        event -> event.sandbox().equals(id)));
            }
            feeding.join();
            await().atMost(SOON).until(() -> oracle.count() >= 20_000);
            all.forEach(each -> assertGotAll(each, oracle));
            assertThat(all.getFirst().trace().count()).isEqualTo(20_000 / ROUTES);
            all.forEach(each -> each.subscriber().close());
            assertThat(reference.isOver()).isFalse();
        }
    }

    @Test
    void snapshot_underConcurrentChanges_isTheStateAndThenAllChanges() {
        FedRoutes routes = new FedRoutes("snap");
        EventOracle oracle = new EventOracle();
        List<EventSubscriber> joined = new ArrayList<>();
        EventRequest request = EventRequest.admin(replica).with("kind", "route");
        try (EventSubscriber reference = request.subscribe(oracle);
                ExecutorService thread = Executors.newSingleThreadExecutor()) {
            CompletableFuture<Void> changing = CompletableFuture.runAsync(() -> change(routes), thread);
            for (int i = 0; i < 12; i++) {
                int reached = 40 * i;
                await().atMost(SOON).pollInterval(Duration.ofMillis(1)).until(() -> oracle.count() >= reached);
                joined.add(request.with("snapshot", "true")
                        .over(i % 3 == 0 ? Transport.SERVER_SENT : Transport.WEB_SOCKET).subscribe());
            }
            changing.join();
            routes.put(replica, "the-last");
            await().atMost(SOON).until(
                    () -> oracle.events().stream().anyMatch(event -> event.subject().equals("snap/the-last")));
            Map<String, String> last = foldOf(oracle, Long.MAX_VALUE);
            joined.forEach(subscriber -> assertStateAndChanges(subscriber, oracle, last));
            assertThat(reference.isOver()).isFalse();
        } finally {
            joined.forEach(EventSubscriber::close);
        }
    }

    private void change(FedRoutes routes) {
        Random random = new Random(SEED);
        List<String> present = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            if (!present.isEmpty() && random.nextInt(3) == 0) {
                routes.delete(replica, present.remove(random.nextInt(present.size())));
            } else {
                String name = "r" + random.nextInt(60);
                routes.put(replica, name);
                if (!present.contains(name)) {
                    present.add(name);
                }
            }
        }
    }

    private static Map<String, String> foldOf(EventOracle oracle, long upTo) {
        Map<String, String> fold = new TreeMap<>();
        oracle.events().stream().filter(event -> event.seq() <= upTo).forEach(event -> apply(event, fold));
        return fold;
    }

    private static void apply(Known event, Map<String, String> fold) {
        if (event.subject().startsWith("snap/")) {
            if (event.kind().equals("route.deleted")) {
                fold.remove(event.subject());
            } else {
                fold.put(event.subject(), event.version());
            }
        }
    }

    private static void assertStateAndChanges(EventSubscriber subscriber, EventOracle oracle,
            Map<String, String> last) {
        StreamFrame begin = subscriber.next("state");
        List<StreamFrame> state = subscriber.until("state_end");
        StreamFrame end = state.removeLast();
        assertThat(end.cursor()).isEqualTo(begin.cursor());
        assertThat(state).hasSize(begin.json().getInteger("count")).allMatch(StreamFrame::isEvent);
        EventOracle told = new EventOracle();
        state.forEach(told);
        Map<String, String> fold = foldOf(told, Long.MAX_VALUE);
        assertThat(fold).as("the state at %s", begin.cursor()).isEqualTo(foldOf(oracle, begin.seq()));

        EventOracle changes = new EventOracle();
        await().atMost(SOON).untilAsserted(() -> {
            subscriber.drain().forEach(changes);
            assertThat(changes.last()).isEqualTo(oracle.last());
        });
        assertThat(changes.events()).isEqualTo(
                oracle.events().stream().filter(event -> event.seq() > begin.seq()).toList());
        changes.events().forEach(event -> apply(event, fold));
        assertThat(fold).as("the state after all changes").isEqualTo(last);
    }

}
