package io.sandgate.e2e.bench;

import io.sandgate.e2e.bench.PlaneRounds.Contender;
import io.sandgate.e2e.harness.Directories;
import io.sandgate.e2e.harness.FreePorts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static io.sandgate.e2e.bench.MarkdownTable.whole;
import static io.sandgate.e2e.bench.PlaneStage.GO;
import static io.sandgate.e2e.bench.PlaneStage.HAPROXY;
import static io.sandgate.e2e.bench.PlaneStage.NGINX;
import static io.sandgate.e2e.bench.PlaneStage.NONE;
import static org.assertj.core.api.Assertions.assertThat;

/// What the data plane costs beside nginx, HAProxy and Go's ReverseProxy, which lead to the same sandboxes in the same run.
///
/// `-Dbench.lines=get,post` runs some lines only: get, post, all-routes, pace, bodies, websocket, h2c, changes,
/// million, two-cores.
@Tag("bench")
class PlaneBench {

    private static final int ROUTES = 10_000;
    private static final int MANY_ROUTES = Scale.of(1_000_000, 100_000);
    private static final int ASKED = 64;
    private static final int ROUNDS = Scale.of(6, 2);
    private static final Load KEEP_ALIVE = Load.keepAlive().warm(0.3).seconds(Scale.of(2_000, 800) / 1e3);
    private static final long KIB = 1 << 10;
    private static final long BODY = (long) Scale.of(1_024, 128) << 20;
    private static final Load BODIES = Load.keepAlive().bodies(2).seconds(60);

    private final Path directory = Directories.temporary("plane");
    private final PlaneTargets targets = new PlaneTargets(ROUTES, FreePorts.take());
    private final List<Integer> asked = targets.spread(ASKED);
    private final PlaneReport report = new PlaneReport();
    private final List<String> notMeasured = new ArrayList<>();

    /// A line that may find out that a proxy cannot do what it asks.
    private interface Line {
        void measure() throws Exception;
    }

    @Test
    void dataPlane_besideItsPeers_failsNoRequest() throws Exception {
        Set<String> missing = new TreeSet<>();
        try (LoadGenerator generator = LoadGenerator.open(directory, targets)) {
            try (PlaneStage oneCore = stage("one-core", generator, 1)) {
                line("get", () -> get(oneCore));
                line("post", () -> post(oneCore));
                line("all-routes", () -> allRoutes(oneCore));
                line("pace", () -> pace(oneCore));
                line("bodies", () -> bodies("1 GiB downloads", oneCore, BODIES.answer(BODY)));
                line("bodies", () -> bodies("1 GiB uploads", oneCore, BODIES.answer(64).upload(BODY)));
                line("websocket", () -> webSocket(oneCore));
                line("h2c", () -> h2c(oneCore));
                line("changes", () -> changes(oneCore));
                line("million", () -> million(oneCore, generator));
                missing.addAll(oneCore.missing());
            }
            try (PlaneStage twoCores = stage("two-cores", generator, 0, 1)) {
                line("two-cores", () -> twoCores(twoCores));
            }
        }
        report.publish(missing);
        assertThat(notMeasured).as("lines that could not be measured").isEmpty();
        assertThat(report.failures()).as("requests that failed or were mixed up").isZero();
    }

    @AfterEach
    void removeDirectory() {
        Directories.remove(directory);
    }

    private PlaneStage stage(String name, LoadGenerator generator, Integer... cores) {
        return new PlaneStage(name, directory, targets, generator, List.of(cores));
    }

    private void line(String name, Line line) throws Exception {
        try {
            if (Scale.selects(name)) {
                line.measure();
            }
        } catch (IOException e) {
            report.notMeasured(name, String.valueOf(e.getMessage()));
            notMeasured.add(name);
        }
    }

    private void get(PlaneStage stage) throws Exception {
        PlaneRounds rounds = stage.compare(ROUNDS, KEEP_ALIVE, asked, NGINX, GO);
        report.requests("GET, answers of 1 KiB, 64 connections", rounds);
        report.closedLoop(rounds);
        report.atMost("CPU of a GET", rounds, NGINX, LoadResult::microsPerAnswer, 0.85);
        report.atMost("CPU of a GET", rounds, GO, LoadResult::microsPerAnswer, 0.22);
        report.atMost("p99 of a GET", rounds, NGINX, LoadResult::p99, 1);
        report.atMost("p99.9 of a GET", rounds, NGINX, LoadResult::p999, 1);
    }

    private void post(PlaneStage stage) throws Exception {
        PlaneRounds rounds = stage.compare(ROUNDS, KEEP_ALIVE.upload(KIB), asked, NGINX, GO);
        report.requests("POST of 1 KiB, answers of 1 KiB, 64 connections", rounds);
        report.atMost("CPU of a POST", rounds, NGINX, LoadResult::microsPerAnswer, 0.90);
    }

    /// Where Sandgate has a pool for each of 10,000 sandboxes, and the others four for all of them.
    private void allRoutes(PlaneStage stage) throws Exception {
        report.requests("GET, every one of the 10,000 routes in turn",
                stage.compare(ROUNDS, KEEP_ALIVE, targets.spread(ROUTES), NGINX, GO));
        report.more().note("There Sandgate has a pool for each sandbox, and so keeps a connection to each; "
                + "the others share connections among sandboxes at the same address.");
    }

    private void pace(PlaneStage stage) throws Exception {
        report.pace("4,000 GETs a second, whatever the answers take",
                stage.compare(ROUNDS, KEEP_ALIVE.rate(4_000), asked, NGINX, HAPROXY, GO, NONE));
    }

    private void webSocket(PlaneStage stage) throws Exception {
        PlaneRounds rounds = stage.compare(ROUNDS, KEEP_ALIVE.messages(100), asked, NGINX, GO);
        report.requests("WebSocket messages of 100 bytes, there and back", rounds);
        report.atMost("CPU of a WebSocket message", rounds, NGINX, LoadResult::microsPerAnswer, 1);
    }

    private void h2c(PlaneStage stage) throws Exception {
        Load load = KEEP_ALIVE.connections(8).http2(8);
        PlaneRounds rounds = stage.compare(ROUNDS, load, asked, NGINX, HAPROXY);
        report.requests("GET over 8 connections with 8 streams each, h2c to HTTP/1.1", rounds);
        report.atMost("CPU of a request over h2c", rounds, NGINX, LoadResult::microsPerAnswer, 1);
    }

    private void twoCores(PlaneStage stage) throws Exception {
        PlaneRounds rounds = stage.compare(ROUNDS, KEEP_ALIVE.connections(256), asked, NGINX, GO);
        report.requests("GET, 256 connections, the proxy on both cores", rounds);
        report.atMost("CPU of a GET, 256 connections, two cores", rounds, NGINX, LoadResult::microsPerAnswer, 0.90);
    }

    private void bodies(String line, PlaneStage stage, Load load) throws Exception {
        PlaneRounds rounds = stage.compare(ROUNDS, load, asked, NGINX, GO);
        report.bodies(line, rounds);
        report.atMost("CPU of " + line, rounds, NGINX, LoadResult::secondsPerGib, 0.85);
    }

    private void changes(PlaneStage stage) throws Exception {
        String changing = "Sandgate, a route changing";
        SandgateProxy sandgate = stage.sandgate();
        int route = asked.getFirst();
        RouteChanges changes = new RouteChanges(sandgate.replica(), route, targets.address(route))
                .warmUp();
        Map<String, Contender> contenders = stage.contenders(asked, NGINX);
        Contender quiet = Objects.requireNonNull(contenders.get(SandgateProxy.NAME));
        contenders.put(changing, load -> changes.during(() -> quiet.take(load)));
        stage.warmUp(sandgate, KEEP_ALIVE, asked);
        PlaneRounds rounds = PlaneRounds.run(ROUNDS, contenders, KEEP_ALIVE);
        report.requests("GET while one of the routes that are asked changes", rounds);
        report.more()
                .goal("failed GETs while a route changed " + whole(changes.perSecond()) + " times a second",
                        whole(rounds.failures(changing)), "0", rounds.failures(changing) == 0);
        report.atMost("CPU of a GET while a route changes", rounds, changing, SandgateProxy.NAME,
                LoadResult::microsPerAnswer, 1.10);
    }

    private void million(PlaneStage stage, LoadGenerator generator) throws Exception {
        String routes = whole(MANY_ROUTES) + " routes";
        String full = "Sandgate, " + routes;
        PlaneTargets many = new PlaneTargets(MANY_ROUTES, targets.port());
        Progress.say("data plane: giving a replica " + routes);
        try (SandgateProxy million = SandgateProxy.open("million", directory, List.of(1))) {
            long pid = million.replica().pid();
            long before = ProcessMemory.liveHeap(pid);
            long small = ProcessMemory.resident(pid);
            million.give(many);
            double each = (double) (ProcessMemory.liveHeap(pid) - before) / MANY_ROUTES;
            report.more().goal("heap for each of " + routes, whole(each) + " bytes", "at most 400", each <= 400)
                    .figure("resident memory without routes, and with " + routes,
                            mib(small) + ", " + mib(ProcessMemory.resident(pid)));
            Map<String, Contender> contenders = stage.contenders(asked, NGINX);
            List<Integer> askedOfMany = many.spread(ASKED);
            contenders.put(full, load -> generator.run(million.proxy(), load, askedOfMany));
            stage.warmUp(stage.sandgate(), KEEP_ALIVE, asked);
            stage.warmUp(million, KEEP_ALIVE, askedOfMany);
            PlaneRounds rounds = PlaneRounds.run(ROUNDS, contenders, KEEP_ALIVE);
            report.requests("GET with " + routes, rounds);
            report.atMost("CPU of a GET with " + routes, rounds, full, SandgateProxy.NAME, LoadResult::microsPerAnswer,
                    1.05);
        }
    }

    private static String mib(long bytes) {
        return whole(bytes >> 20) + " MiB";
    }
}
