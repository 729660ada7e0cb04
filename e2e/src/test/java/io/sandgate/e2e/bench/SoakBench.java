package io.sandgate.e2e.bench;

import io.sandgate.e2e.bench.SoakSample.Quantity;
import io.sandgate.e2e.harness.Directories;
import io.sandgate.e2e.harness.FreePorts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static io.sandgate.e2e.bench.MarkdownTable.whole;
import static org.assertj.core.api.Assertions.assertThat;

/// Whether anything of a replica grows with the requests that went through it.
@Tag("bench")
class SoakBench {

    private static final long REQUESTS = Scale.of(24_000_000, 100_000);
    private static final int PARTS = 10;
    /// Runs of the load generator in a part, since each of them must end in time.
    private static final int RUNS = 4;
    /// The part after which what is loaded and compiled on the way is there.
    private static final int SETTLED = 2;
    private static final int ROUTES = 1_000;
    private static final int ASKED = 64;
    private static final int RUN_SECONDS = 170;
    private static final int LARGE = 32 << 10;

    /// Requests of one sort, all sorts at the same time.
    ///
    /// @param percent of all requests
    private record Share(int percent, String name, Load load) {

        int requests() {
            return (int) (REQUESTS / PARTS / RUNS * percent / 100);
        }

        Load run() {
            return load.requests(requests()).seconds(RUN_SECONDS);
        }
    }

    private static final List<Share> SHARES = List.of(
            new Share(40, "GETs over connections that are kept", Load.keepAlive()),
            new Share(20, "POSTs of 1 KiB, 100 to a connection", Load.keepAlive().upload(1 << 10).turns(100)),
            new Share(10, "GETs, 8 to a connection", Load.keepAlive().turns(8)),
            new Share(10, "GETs over HTTP/2, 8 at once and 500 to a connection",
                    Load.keepAlive().connections(8).http2(8).turns(500)),
            new Share(15, "messages over WebSockets, 50 to each", Load.keepAlive().messages(100).turns(50)),
            new Share(3, "GETs for 32 KiB, one of five given up", Load.keepAlive().answer(LARGE).forsakenOf(5)),
            new Share(2, "POSTs of 32 KiB, one of five given up", Load.keepAlive().upload(LARGE).forsakenOf(5)));

    private final Path directory = Directories.temporary("soak");
    private final PlaneTargets targets = new PlaneTargets(ROUTES, FreePorts.take());
    private final List<SoakSample> samples = new ArrayList<>();
    private long answers;
    private long forsaken;
    private long failures;

    @AfterEach
    void removeDirectory() {
        Directories.remove(directory);
    }

    @Test
    void replica_afterManyRequests_holdsNoMoreThanBefore() throws Exception {
        try (LoadGenerator generator = LoadGenerator.open(directory, targets);
                SandgateProxy sandgate = SandgateProxy.open("soak", directory, List.of(1)).give(targets)) {
            for (int part = 1; part <= PARTS; part++) {
                for (int run = 0; run < RUNS; run++) {
                    pass(generator, sandgate);
                }
                samples.add(SoakSample.take(sandgate.replica()));
                Progress.say("soak: part %d of %d, %s".formatted(part, PARTS, samples.getLast()));
            }
        }
        report().publish();
        assertThat(failures).as("requests that failed or were mixed up").isZero();
        assertThat(answers + forsaken).as("requests that came to an end in time")
                .isEqualTo(SHARES.stream().mapToLong(Share::requests).sum() * PARTS * RUNS);
        for (Quantity quantity : SoakSample.QUANTITIES) {
            assertThat(growth(quantity)).as(quantity.name()).isLessThanOrEqualTo(quantity.bound());
        }
    }

    /// A run of all sorts at once.
    private void pass(LoadGenerator generator, SandgateProxy sandgate) throws InterruptedException, ExecutionException {
        List<Integer> asked = targets.spread(ASKED);
        try (ExecutorService runs = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<LoadResult>> results = new ArrayList<>();
            for (Share share : SHARES) {
                results.add(runs.submit(() -> generator.run(sandgate.proxy(), share.run(), asked)));
            }
            for (Future<LoadResult> each : results) {
                LoadResult result = each.get();
                answers += result.answers();
                forsaken += result.forsaken();
                failures += result.failures() + result.mixedUp();
            }
        }
    }

    private long growth(Quantity quantity) {
        return quantity.growth(samples.get(SETTLED - 1), samples.getLast());
    }

    private Report report() throws IOException {
        Report report = new Report("soak", "Many requests",
                whole(answers + forsaken) + " requests through one replica with its defaults, on one core, in "
                        + PARTS + " parts, each of them of these sorts at the same time: "
                        + SHARES.stream().map(share -> share.percent() + " % " + share.name())
                                .collect(Collectors.joining("; "))
                        + ". After each part, when nothing is in flight, a full collection and a look at what the "
                        + "replica holds. The growth is that from the second part to the last; beyond its bound the "
                        + "benchmark fails.")
                .goal("requests that failed or were mixed up", whole(failures), "0", failures == 0)
                .figure("requests that were given up", whole(forsaken));
        for (Quantity quantity : SoakSample.QUANTITIES) {
            long growth = growth(quantity);
            report.goal("growth of " + quantity.name(), quantity.shown(growth),
                    "at most " + quantity.shown(quantity.bound()), growth <= quantity.bound());
        }
        return report.table("After each part:", table());
    }

    private MarkdownTable table() {
        MarkdownTable table = new MarkdownTable(Stream.concat(Stream.of("part"),
                SoakSample.QUANTITIES.stream().map(Quantity::name)).toArray(String[]::new));
        for (int part = 1; part <= samples.size(); part++) {
            SoakSample sample = samples.get(part - 1);
            table.row(Stream.concat(Stream.of(part), SoakSample.QUANTITIES.stream()
                    .map(quantity -> quantity.shown(quantity.value().applyAsLong(sample)))).toArray());
        }
        return table;
    }
}
