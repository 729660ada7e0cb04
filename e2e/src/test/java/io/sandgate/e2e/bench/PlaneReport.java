package io.sandgate.e2e.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.ToDoubleFunction;

import static io.sandgate.e2e.bench.MarkdownTable.times;
import static io.sandgate.e2e.bench.MarkdownTable.us;
import static io.sandgate.e2e.bench.MarkdownTable.whole;
import static io.sandgate.e2e.bench.PlaneStage.GO;
import static io.sandgate.e2e.bench.PlaneStage.HAPROXY;
import static io.sandgate.e2e.bench.PlaneStage.NGINX;
import static io.sandgate.e2e.bench.PlaneStage.NONE;
import static io.sandgate.e2e.bench.SandgateProxy.NAME;

/// The lines of the benchmark of the data plane as goals, tables and charts.
final class PlaneReport {

    private static final List<String> COLOURED = List.of(NAME, NGINX, GO, HAPROXY);

    private final Report report = new Report("data-plane", "Data plane", "One replica with its defaults and other "
            + "proxies lead to the same sandboxes: `Host: <port>-<id>.localhost` is looked up among 10,000 routes for each "
            + "request, and 64 of them are asked in turn. The proxy is alone on one core, the load generator and the "
            + "sandboxes share the other. CPU is the user and system time of the proxy's process; all take turns in rounds, "
            + "and a ratio is the median of the rounds' ratios. Every answer is checked: its status, its length, and that "
            + "it begins with the Host that was asked for and the address of that route. The peers keep their connections, "
            + "write no log and add no forwarding fields. nginx has four upstreams, as it searches them one by one; it is "
            + "slower the more there are.");
    private final BarChart cpu = new BarChart("CPU of the proxy, of what nginx needs (less is better)", COLOURED, true);
    private final BarChart latency = new BarChart("Latency at 64 connections in a closed loop (less is better)",
            COLOURED, false);
    private final BarChart added = new BarChart("Latency added at 4,000 requests a second (less is better)", COLOURED,
            false);
    private final List<PlaneRounds> all = new ArrayList<>();
    private long failures;

    /// A line in which each answer costs about the same.
    void requests(String line, PlaneRounds rounds) {
        add(line, rounds, LoadResult::microsPerAnswer);
        MarkdownTable table = new MarkdownTable("", "CPU each", "of nginx", "of Go", "a second", "p50", "p99", "p99.9",
                "failures");
        for (String name : rounds.names()) {
            table.row(name, us(rounds.median(name, LoadResult::microsPerAnswer)),
                    times(rounds.ratio(name, NGINX, LoadResult::microsPerAnswer)),
                    times(rounds.ratio(name, GO, LoadResult::microsPerAnswer)),
                    whole(rounds.median(name, LoadResult::answersPerSecond)),
                    us(rounds.median(name, LoadResult::p50)), us(rounds.median(name, LoadResult::p99)),
                    us(rounds.median(name, LoadResult::p999)), rounds.failures(name));
            cpuBar(line, name, rounds, LoadResult::microsPerAnswer,
                    us(rounds.median(name, LoadResult::microsPerAnswer)));
        }
        report.table(line + ":", table);
    }

    /// A line of large bodies.
    void bodies(String line, PlaneRounds rounds) {
        add(line, rounds, LoadResult::secondsPerGib);
        MarkdownTable table = new MarkdownTable("", "CPU each GiB", "of nginx", "of Go", "GiB a second", "failures");
        for (String name : rounds.names()) {
            String seconds = String.format("%.2f s", rounds.median(name, LoadResult::secondsPerGib));
            table.row(name, seconds, times(rounds.ratio(name, NGINX, LoadResult::secondsPerGib)),
                    times(rounds.ratio(name, GO, LoadResult::secondsPerGib)),
                    times(rounds.median(name, LoadResult::gibPerSecond)), rounds.failures(name));
            cpuBar(line, name, rounds, LoadResult::secondsPerGib, seconds);
        }
        report.table(line + ":", table);
    }

    /// The line at a fixed rate, whose latencies count from when a request was due.
    void pace(String line, PlaneRounds rounds) {
        add(line, rounds, LoadResult::microsPerAnswer);
        MarkdownTable table = new MarkdownTable("", "CPU each", "p50", "p99", "p99.9", "added to p50", "added to p99",
                "failures");
        for (String name : rounds.names()) {
            String addedToP50 = us(rounds.added(name, NONE, LoadResult::p50));
            String addedToP99 = us(rounds.added(name, NONE, LoadResult::p99));
            boolean proxy = !name.equals(NONE);
            table.row(name, proxy ? us(rounds.median(name, LoadResult::microsPerAnswer)) : "",
                    us(rounds.median(name, LoadResult::p50)), us(rounds.median(name, LoadResult::p99)),
                    us(rounds.median(name, LoadResult::p999)), proxy ? addedToP50 : "", proxy ? addedToP99 : "",
                    rounds.failures(name));
            if (proxy) {
                added.bar("p50", name, rounds.added(name, NONE, LoadResult::p50), addedToP50);
                added.bar("p99", name, rounds.added(name, NONE, LoadResult::p99), addedToP99);
            }
        }
        report.table(line + ":", table);
        for (String peer : List.of(NGINX, HAPROXY)) {
            atMostAdded("p50 added at 4,000 a second", rounds, peer, LoadResult::p50);
            atMostAdded("p99 added at 4,000 a second", rounds, peer, LoadResult::p99);
        }
    }

    /// The latencies of a closed loop for the chart, and what the load itself costs.
    void closedLoop(PlaneRounds rounds) {
        report.figure("CPU of the load generator and the sandboxes for a GET",
                us(rounds.median(NGINX, LoadResult::otherMicrosPerAnswer)));
        rounds.names().forEach(name -> {
            latencyBar("p50", name, rounds, LoadResult::p50);
            latencyBar("p99", name, rounds, LoadResult::p99);
            latencyBar("p99.9", name, rounds, LoadResult::p999);
        });
    }

    /// A goal that is a ratio, or a figure without a verdict when there is nothing to compare with.
    void atMost(String figure, PlaneRounds rounds, String name, String base, ToDoubleFunction<LoadResult> value,
            double goal) {
        double ratio = rounds.ratio(name, base, value);
        if (Double.isNaN(ratio)) {
            report.figure(figure + ", of " + base, "not compared");
        } else {
            report.goal(figure + ", of " + base, times(ratio), "at most " + times(goal), ratio <= goal);
        }
    }

    /// The same for Sandgate.
    void atMost(String figure, PlaneRounds rounds, String base, ToDoubleFunction<LoadResult> value, double goal) {
        atMost(figure, rounds, NAME, base, value, goal);
    }

    private void atMostAdded(String figure, PlaneRounds rounds, String peer, ToDoubleFunction<LoadResult> value) {
        double ours = rounds.added(NAME, NONE, value);
        double theirs = rounds.added(peer, NONE, value);
        if (Double.isNaN(theirs)) {
            report.figure(figure, us(ours));
        } else {
            report.goal(figure, us(ours), "at most " + us(theirs) + " of " + peer, ours <= theirs);
        }
    }

    /// A line that could not be measured, which is a goal that was missed.
    void notMeasured(String line, String why) {
        Progress.say("data plane: " + line + " is not measured: " + why);
        report.goal("the line " + line, "not measured", "", false).note("Not measured, " + line + ": " + why + ".");
    }

    /// What else there is to say.
    Report more() {
        return report;
    }

    /// The failures of Sandgate in all lines.
    long failures() {
        return failures;
    }

    /// @param missing peers that the machine does not have
    void publish(Collection<String> missing) {
        report.chart("data-plane-cpu", cpu).chart("data-plane-latency", latency).chart("data-plane-added", added);
        if (!missing.isEmpty()) {
            report.note("Not installed, and so left out: " + String.join(", ", missing) + ".");
        }
        List<LoadResult> results = all.stream().flatMap(PlaneRounds::all).toList();
        report.note(String.format(
                "Beside the benchmark, %.2f cores were busy in the median of its %,d runs (most %.2f), and the machine's "
                        + "host kept back %.2f (most %.2f).",
                Median.of(results.stream().mapToDouble(LoadResult::otherCores)), results.size(),
                results.stream().mapToDouble(LoadResult::otherCores).max().orElse(0),
                Median.of(results.stream().mapToDouble(LoadResult::stolenCores)),
                results.stream().mapToDouble(LoadResult::stolenCores).max().orElse(0)));
        report.publish();
    }

    private void add(String line, PlaneRounds rounds, ToDoubleFunction<LoadResult> cost) {
        all.add(rounds);
        long lost = rounds.names().stream().filter(name -> name.startsWith(NAME)).mapToLong(rounds::failures).sum();
        failures += lost;
        Progress.say(
                "data plane: %s: %.2f of nginx, %d failures".formatted(line, rounds.ratio(NAME, NGINX, cost), lost));
    }

    private void cpuBar(String line, String name, PlaneRounds rounds, ToDoubleFunction<LoadResult> cost,
            String figure) {
        double ratio = rounds.ratio(name, NGINX, cost);
        cpu.bar(line, name, ratio, times(ratio) + " (" + figure + ")");
    }

    private void latencyBar(String group, String name, PlaneRounds rounds, ToDoubleFunction<LoadResult> value) {
        double median = rounds.median(name, value);
        latency.bar(group, name, median, us(median));
    }
}
