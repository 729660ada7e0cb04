package io.sandgate.e2e.bench;

import io.sandgate.e2e.harness.ClusterProcesses;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static io.sandgate.e2e.bench.MarkdownTable.ms;
import static io.sandgate.e2e.bench.MarkdownTable.whole;

/// How soon a peer has a change whose push was lost.
@Tag("bench")
class LostPushBench {

    private static final int ROUTES = 10_000;
    private static final int CHANGES = Scale.of(400, 30);
    private static final int LONGEST_GAP_MILLIS = 200;
    private static final Duration LOOK = Duration.ofMillis(20);
    private static final Duration GIVE_UP = Duration.ofSeconds(60);
    private static final double GOAL_MILLIS = 3_000;

    @AutoClose
    private static final PeerRelays relays = new PeerRelays();

    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.of(3).each(relays::before)
            .expectInLogs(Progress.BUSY_MACHINE);

    /// A change whose push is lost.
    private record Lost(int number, String version, long at) {}

    @Test
    void change_whosePushIsLost_reachesThePeerByReconciling() throws Exception {
        Progress.say("lost push: %d routes".formatted(ROUTES));
        try (RouteFeeder authority = RouteFeeder.atPeer(cluster.replica(1))) {
            authority.giveOwn(0, ROUTES);
            Health.awaitRoutes(cluster.replica(3), ROUTES);
            relays.loseRefresh(true);
            Progress.say("lost push: %d changes to warm up".formatted(CHANGES / 4));
            run(authority, CHANGES / 4);
            Progress.say("lost push: %d changes".formatted(CHANGES));
            report(run(authority, CHANGES));
        }
    }

    private static Latencies run(RouteFeeder authority, int changes) throws InterruptedException, ExecutionException {
        ConcurrentLinkedQueue<Lost> lost = new ConcurrentLinkedQueue<>();
        Latencies healed = new Latencies();
        try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
            Future<?> watching = thread.submit(() -> watch(lost, healed, changes));
            Random random = new Random(changes);
            for (int i = 0; i < changes; i++) {
                LockSupport.parkNanos(Duration.ofMillis(random.nextInt(LONGEST_GAP_MILLIS)).toNanos());
                int number = i * 7919 % ROUTES;
                long at = System.nanoTime();
                lost.add(new Lost(number, authority.change(number), at));
            }
            watching.get();
        }
        return healed;
    }

    /// Looks for each lost change at the peer, again and again.
    private static void watch(ConcurrentLinkedQueue<Lost> lost, Latencies healed, int changes) {
        long deadline = System.nanoTime() + GIVE_UP.plus(Duration.ofMillis((long) changes * LONGEST_GAP_MILLIS))
                .toNanos();
        try (RouteFeeder peer = RouteFeeder.atPeer(cluster.replica(3))) {
            while (healed.count() < changes) {
                lost.removeIf(change -> {
                    boolean there = peer.version(change.number()).equals(change.version());
                    if (there) {
                        healed.add(System.nanoTime() - change.at());
                    }
                    return there;
                });
                if (System.nanoTime() > deadline) {
                    throw new AssertionError(lost.size() + " changes did not heal, as " + lost.peek());
                }
                LockSupport.parkNanos(LOOK.toNanos());
            }
        }
    }

    private static void report(Latencies healed) {
        new Report("lost-push", "A lost push", "Three replicas with " + whole(ROUTES) + " routes of one of them, each "
                + "behind a relay in front of its peer listener that says of every route change that it was applied and "
                + "passes none on. " + whole(healed.count()) + " changes at random moments, each 0 to "
                + LONGEST_GAP_MILLIS + " ms after the last; another replica is asked for each every "
                + LOOK.toMillis() + " ms until it has it.")
                .figure("p50 until the other replica has it", ms(healed.p50()))
                .goal("p99", ms(healed.p99()), "3 s", healed.p99() <= GOAL_MILLIS)
                .figure("slowest of all", ms(healed.max())).publish();
    }
}
