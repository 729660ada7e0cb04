package io.sandgate.e2e.bench;

import io.sandgate.e2e.harness.Directories;
import io.sandgate.e2e.harness.FreePorts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static io.sandgate.e2e.bench.MarkdownTable.times;
import static io.sandgate.e2e.bench.MarkdownTable.whole;
import static io.sandgate.e2e.bench.PlaneStage.GO;
import static io.sandgate.e2e.bench.PlaneStage.NGINX;
import static org.assertj.core.api.Assertions.assertThat;

/// What the data plane costs beside nginx, HAProxy and Go's ReverseProxy, which lead to the same sandboxes in the same run.
@Tag("bench")
class PlaneBench {

    private static final int ROUTES = 10_000;
    private static final int ASKED = 64;
    private static final int ROUNDS = Scale.of(7, 2);
    private static final double SECONDS = Scale.of(2_500, 800) / 1e3;
    private static final double SETTLING = 0.4;
    private static final Load KEEP_ALIVE = Load.keepAlive().warm(SETTLING).seconds(SECONDS);

    private final Path directory = Directories.temporary("plane");
    private final PlaneTargets targets = new PlaneTargets(ROUTES, FreePorts.take());
    private final List<Integer> asked = targets.spread(ASKED);
    private final List<PlaneRounds> all = new ArrayList<>();

    private final Report report = new Report("data-plane", "Data plane",
            "One replica with its defaults beside other proxies, each alone on a core, for the same sandboxes.");

    @Test
    void dataPlane_besideItsPeers_costsWhatItCosts() throws Exception {
        try (LoadGenerator generator = LoadGenerator.open(directory, targets);
                PlaneStage oneCore = new PlaneStage("one-core", directory, targets, generator, List.of(1))) {
            if (Scale.selects("get")) {
                get(oneCore);
            }
        }
        report.publish();
        assertThat(all).allSatisfy(rounds -> assertThat(rounds.failures(SandgateProxy.NAME)).isZero());
    }

    @AfterEach
    void remove() {
        Directories.remove(directory);
    }

    private void get(PlaneStage stage) throws Exception {
        PlaneRounds rounds = stage.compare(ROUNDS, KEEP_ALIVE, asked, NGINX, GO);
        all.add(rounds);
        report.table("Answers of 1 KiB over 64 kept connections:", table(rounds));
    }

    private static MarkdownTable table(PlaneRounds rounds) {
        MarkdownTable table = new MarkdownTable("", "CPU a request", "of nginx", "of Go", "requests a second", "p50",
                "p99", "p99.9", "failures");
        for (String name : rounds.names()) {
            table.row(name, micros(rounds.median(name, LoadResult::microsPerAnswer), 1),
                    times(rounds.ratio(name, NGINX, LoadResult::microsPerAnswer)),
                    times(rounds.ratio(name, GO, LoadResult::microsPerAnswer)),
                    whole(rounds.median(name, LoadResult::answersPerSecond)),
                    micros(rounds.median(name, LoadResult::p50), 0), micros(rounds.median(name, LoadResult::p99), 0),
                    micros(rounds.median(name, LoadResult::p999), 0), rounds.failures(name));
        }
        return table;
    }

    private static String micros(double value, int digits) {
        return String.format("%,." + digits + "f us", value);
    }
}
