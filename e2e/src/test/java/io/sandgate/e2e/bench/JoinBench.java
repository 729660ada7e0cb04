package io.sandgate.e2e.bench;

import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.ReplicaProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static io.sandgate.e2e.bench.MarkdownTable.ms;
import static io.sandgate.e2e.bench.MarkdownTable.whole;
import static org.assertj.core.api.Assertions.assertThat;

/// How soon a replica that starts has all routes, and the heap that a million takes.
@Tag("bench")
class JoinBench {

    private static final int MANY = 100_000;
    private static final int VERY_MANY = Scale.of(1_000_000, 200_000);
    private static final int JOINS = Scale.of(7, 2);
    private static final List<Integer> HEAPS_MIB = List.of(512, 640, 768, 1024, 2048);
    private static final Duration LOOK = Duration.ofMillis(5);
    private static final Duration GIVE_UP = Duration.ofSeconds(60);
    private static final double MANY_GOAL_MILLIS = 5_000;

    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.of(3).late(1).expectInLogs(Progress.BUSY_MACHINE)
            .expectInLogs("OutOfMemoryError");

    @Test
    void joiner_ofManyRoutes_isCompleteWhenItIsReady() {
        ReplicaProcess joiner = cluster.replica(3);
        try (RouteFeeder authority = RouteFeeder.atPeer(cluster.replica(1))) {
            Progress.say("join: %d routes".formatted(MANY));
            load(authority, 0, MANY);
            join(joiner, MANY).orElseThrow(() -> new AssertionError("not ready" + joiner.tail()));
            Latencies starts = new Latencies();
            Latencies joins = new Latencies();
            for (int i = 0; i < JOINS; i++) {
                starts.add((long) (1e6 * join(joiner, MANY).orElseThrow(() -> new AssertionError(joiner.tail()))));
                joins.add(sinceJoined(joiner).toNanos());
            }
            Progress.say("join: %d routes".formatted(VERY_MANY));
            load(authority, MANY, VERY_MANY);
            for (int heap : HEAPS_MIB) {
                Progress.say("join: with a heap of %d MiB".formatted(heap));
                OptionalDouble took = join(joiner, VERY_MANY, "-Xmx" + heap + "m", "-XX:+ExitOnOutOfMemoryError");
                if (took.isPresent()) {
                    report(joins, starts, heap, took.getAsDouble(), sinceJoined(joiner));
                    return;
                }
            }
        }
        throw new AssertionError("no heap of " + HEAPS_MIB + " MiB was enough" + joiner.tail());
    }

    private static void load(RouteFeeder authority, int from, int to) {
        authority.giveOwn(from, to);
        Health.awaitRoutes(cluster.replica(2), to);
    }

    /// Starts the joiner, and ends it as a crash would.
    ///
    /// @return the milliseconds until it was ready; empty when it ended or was not ready in time
    private static OptionalDouble join(ReplicaProcess joiner, int routes, String... javaOptions) {
        long start = System.nanoTime();
        joiner.start(javaOptions);
        try {
            while (joiner.isAlive() && System.nanoTime() - start < GIVE_UP.toNanos()) {
                if (joiner.isReady()) {
                    double took = (System.nanoTime() - start) / 1e6;
                    assertThat(Health.routes(joiner)).as("routes when it says that it is ready").isEqualTo(routes);
                    return OptionalDouble.of(took);
                }
                LockSupport.parkNanos(LOOK.toNanos());
            }
            return OptionalDouble.empty();
        } finally {
            if (joiner.isAlive()) {
                joiner.kill9();
            }
        }
    }

    /// From when it was let into the cluster to when it was ready, by its log.
    private static Duration sinceJoined(ReplicaProcess joiner) {
        return Duration.between(said(joiner, "cluster.joined"), said(joiner, "replica.ready"));
    }

    private static Instant said(ReplicaProcess joiner, String event) {
        String line = joiner.log().lines().filter(each -> each.contains(event)).reduce((first, last) -> last)
                .orElseThrow(() -> new AssertionError(event + " is not in the log"));
        return Instant.parse(line.substring(0, line.indexOf(' ')));
    }

    private static void report(Latencies joins, Latencies starts, int heap, double veryMany, Duration veryManyJoined) {
        new Report("join", "A replica joins",
                "Two replicas hold the routes of one of them. A third one starts as a new "
                        + "process; it is asked every " + LOOK.toMillis()
                        + " ms whether it is ready, and then has to have all "
                        + "routes. Then it is killed and starts again, " + joins.count()
                        + " times after one to warm up the "
                        + "others. A joiner's time begins when it is let into the cluster, a start's with the process. With "
                        + whole(VERY_MANY) + " routes it starts with each of the heaps of " + HEAPS_MIB
                        + " MiB (`-Xmx`) until one is enough.")
                .goal("complete with " + whole(MANY) + " routes after it joined, median", ms(joins.p50()), "5 s",
                        joins.p50() <= MANY_GOAL_MILLIS)
                .goal("slowest of all", ms(joins.max()), "5 s", joins.max() <= MANY_GOAL_MILLIS)
                .figure("ready after the start of its process, median", ms(starts.p50()))
                .figure("slowest of all", ms(starts.max()))
                .goal("complete with " + whole(VERY_MANY) + " routes after it joined",
                        ms((double) veryManyJoined.toMillis()),
                        "60 s", true)
                .figure("ready after the start of its process", ms(veryMany))
                .figure("heap for that", heap + " MiB").publish();
    }
}
