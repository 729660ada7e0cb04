package io.sandgate.e2e.bench;

import io.sandgate.e2e.harness.Metrics;
import io.sandgate.e2e.harness.ReplicaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

import static io.sandgate.e2e.bench.MarkdownTable.whole;
import static org.awaitility.Awaitility.await;

/// What a replica holds when nobody asks anything of it.
///
/// @param heap bytes of the objects that are reachable
/// @param resident bytes that the process has in the machine's memory
/// @param files that it has open, with its connections
/// @param connections to sandboxes
/// @param threads of the process
record SoakSample(long heap, long resident, long files, long connections, long threads) {

    private static final long KIB = 1 << 10;
    private static final Duration LAST_CLOSED_WITHIN = Duration.ofMinutes(1);

    /// What may grow by so much and no more while nothing else changes.
    ///
    /// @param unit what the values and the bound are shown in
    record Quantity(String name, ToLongFunction<SoakSample> value, long bound, long unit, String unitName) {

        long growth(SoakSample from, SoakSample to) {
            return value.applyAsLong(to) - value.applyAsLong(from);
        }

        String shown(long amount) {
            return whole(amount / unit) + unitName;
        }
    }

    /// The bounds leave room for what is compiled and loaded late, for connections that are kept, and for pools of threads
    /// that fill one by one.
    static final List<Quantity> QUANTITIES = List.of(
            new Quantity("heap that is reachable", SoakSample::heap, 4 * KIB * KIB, KIB, " KiB"),
            new Quantity("resident memory", SoakSample::resident, 64 * KIB * KIB, KIB * KIB, " MiB"),
            new Quantity("open descriptors", SoakSample::files, 128, 1, ""),
            new Quantity("connections to sandboxes", SoakSample::connections, 128, 1, ""),
            new Quantity("threads", SoakSample::threads, 24, 1, ""));

    /// Waits until the last request is over, and looks.
    static SoakSample take(ReplicaProcess replica) throws IOException {
        await().atMost(LAST_CLOSED_WITHIN).until(() -> inFlight(replica.metrics()) == 0);
        long heap = ProcessMemory.liveHeap(replica.pid());
        Metrics metrics = replica.metrics();
        return new SoakSample(heap, ProcessMemory.resident(replica.pid()), entries(replica.pid(), "fd"),
                (long) metrics.sum("sandgate_proxy_upstream_idle") + inFlight(metrics), entries(replica.pid(), "task"));
    }

    private static long inFlight(Metrics metrics) {
        return (long) (metrics.sum("sandgate_proxy_upstream_active") + metrics.sum("sandgate_proxy_tunnels"));
    }

    private static long entries(long pid, String directory) throws IOException {
        try (Stream<Path> entries = Files.list(Path.of("/proc", Long.toString(pid), directory))) {
            return entries.count();
        }
    }
}
