package io.sandgate.e2e.bench;

import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.ReplicaProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ObjIntConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static io.sandgate.e2e.bench.MarkdownTable.whole;

/// What replicas cost that have nothing to do.
@Tag("bench")
class QuietBench {

    private static final int REPLICAS = 5;
    private static final int ROUTES = Scale.of(100_000, 10_000);
    private static final int FEW_ROUTES = Scale.of(5_000, 500);
    private static final Duration SETTLING = Duration.ofSeconds(Scale.of(180, 10));
    private static final Duration WATCHED = Duration.ofSeconds(Scale.of(60, 10));
    private static final Path INTERFACES = Path.of("/proc/net/dev");
    private static final double CPU_GOAL = 2;
    private static final double KILOBYTES_GOAL = 20;

    /// What all replicas together have used so far.
    private record Used(Duration processor, long bytes, long at) {

        static Used now(List<ReplicaProcess> replicas) {
            Duration processor = replicas.stream()
                    .map(replica -> ProcessHandle.of(replica.pid()).flatMap(handle -> handle.info().totalCpuDuration())
                            .orElseThrow())
                    .reduce(Duration.ZERO, Duration::plus);
            return new Used(processor, loopbackBytes(), System.nanoTime());
        }

        private static long loopbackBytes() {
            try {
                String line = Files.readAllLines(INTERFACES).stream().map(String::strip)
                        .filter(each -> each.startsWith("lo:")).findFirst().orElseThrow();
                return Long.parseLong(line.substring("lo:".length()).strip().split(" +", 2)[0]);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /// Percent of a core and replica.
        double percentSince(Used before) {
            return 100.0 * processor.minus(before.processor).toNanos() / (at - before.at) / REPLICAS;
        }

        /// A second and replica.
        double kilobytesSince(Used before) {
            return (bytes - before.bytes) / 1e3 / ((at - before.at) / 1e9) / REPLICAS;
        }
    }

    /// A minute of quiet.
    private record Outcome(double percent, double kilobytes) {}

    @Test
    void replicas_withNothingToDo_costLittle() {
        Outcome plain = quiet(ClusterProcesses.of(REPLICAS), ROUTES, QuietBench::giveAtOnce);
        Outcome secret = quiet(ClusterProcesses.of(REPLICAS).set("cluster.secret", "0123456789abcdef".repeat(2)),
                FEW_ROUTES, QuietBench::putEach);
        new Report("quiet", "A quiet cluster", REPLICAS + " replicas with " + whole(ROUTES) + " routes of one of them "
                + "and nothing to do, watched for " + WATCHED.toSeconds() + " s after " + SETTLING.toSeconds()
                + " s in which the JVMs compile what they run all the time. The processor time is that of the processes; "
                + "the bytes are all that crossed the loopback interface, with all headers and with the replicas' "
                + "probes of their own listeners.")
                .goal("processor, mean of a replica", percent(plain), "2 % of one core", plain.percent() < CPU_GOAL)
                .goal("bytes, mean of a replica", kilobytes(plain), "20 kB/s", plain.kilobytes() < KILOBYTES_GOAL)
                .figure("processor with a cluster secret, " + whole(FEW_ROUTES) + " routes", percent(secret))
                .figure("bytes with a cluster secret", kilobytes(secret)).publish();
    }

    private static void giveAtOnce(ReplicaProcess replica, int routes) {
        try (RouteFeeder authority = RouteFeeder.atPeer(replica)) {
            authority.giveOwn(0, routes);
        }
    }

    private static void putEach(ReplicaProcess replica, int routes) {
        try (RouteFeeder authority = RouteFeeder.atAdmin(replica)) {
            for (int number = 0; number < routes; number++) {
                authority.change(number);
            }
        }
    }

    private static Outcome quiet(ClusterProcesses replicas, int routes, ObjIntConsumer<ReplicaProcess> feed) {
        try (ClusterProcesses cluster = replicas) {
            Progress.say("quiet: %d replicas, %d routes".formatted(REPLICAS, routes));
            cluster.start();
            feed.accept(cluster.replica(1), routes);
            cluster.replicas().forEach(replica -> Health.awaitRoutes(replica, routes));
            Progress.say("quiet: for %d s".formatted(SETTLING.plus(WATCHED).toSeconds()));
            LockSupport.parkNanos(SETTLING.toNanos());
            Used before = Used.now(cluster.replicas());
            LockSupport.parkNanos(WATCHED.toNanos());
            Used after = Used.now(cluster.replicas());
            return new Outcome(after.percentSince(before), after.kilobytesSince(before));
        }
    }

    private static String percent(Outcome outcome) {
        return String.format("%.2f %%", outcome.percent());
    }

    private static String kilobytes(Outcome outcome) {
        return String.format("%.1f kB/s", outcome.kilobytes());
    }
}
