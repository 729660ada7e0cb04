package io.sandgate.e2e.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

import static io.sandgate.e2e.bench.MarkdownTable.ms;
import static io.sandgate.e2e.bench.MarkdownTable.times;

/// A healthy cluster and the same one with a bad peer, in rounds that take turns.
///
/// What the machine does besides hits single rounds; so the ratio is that of the medians of the rounds, and how far the
/// healthy rounds differ among themselves (every second against the others) says what a ratio is worth.
final class Comparison {

    private static final double GOAL = 1.2;

    private final String healthyName;
    private final String badName;
    private final List<Round> healthy = new ArrayList<>();
    private final List<Round> bad = new ArrayList<>();
    private final List<Round> first = new ArrayList<>();

    Comparison(String healthyName, String badName) {
        this.healthyName = healthyName;
        this.badName = badName;
    }

    void addHealthy(Round round) {
        healthy.add(round);
    }

    void addBad(Round round) {
        bad.add(round);
    }

    /// The operations right after the peer became bad, which are reported on their own.
    void addFirst(Round round) {
        first.add(round);
    }

    /// Adds the goals and the tables.
    void report(Report report) {
        for (Operation operation : Operation.values()) {
            double ratio = ratio(bad, healthy, round -> round.of(operation).p99());
            report.goal("p99 of " + operation + ", " + badName + ", against " + healthyName, times(ratio),
                    "at most 1.20", ratio <= GOAL);
        }
        report.table("Side by side, all operations of all " + healthy.size() + " and " + bad.size()
                + " rounds; the ratios are those of the rounds' medians, and the last column is that of every second "
                + "healthy round to the others:", sideBySide());
        if (!first.isEmpty()) {
            report.table("The first operations of each kind after each of the " + first.size()
                    + " times that the peer became bad:", firstOnes());
        }
    }

    private MarkdownTable sideBySide() {
        MarkdownTable table = new MarkdownTable("operation", "count", healthyName + " p50", badName + " p50", "ratio",
                healthyName + " p99", badName + " p99", "ratio", healthyName + " p99 against itself");
        for (Operation operation : Operation.values()) {
            Latencies good = together(healthy, operation);
            Latencies worse = together(bad, operation);
            table.row(operation, good.count() + ", " + worse.count(), ms(good.p50()), ms(worse.p50()),
                    times(ratio(bad, healthy, round -> round.of(operation).p50())), ms(good.p99()), ms(worse.p99()),
                    times(ratio(bad, healthy, round -> round.of(operation).p99())),
                    healthy.size() < 2
                            ? ""
                            : times(ratio(everySecond(1), everySecond(0), round -> round.of(operation).p99())));
        }
        return table;
    }

    private MarkdownTable firstOnes() {
        MarkdownTable table = new MarkdownTable("operation", "count", "p50", "slowest");
        for (Operation operation : Operation.values()) {
            Latencies took = together(first, operation);
            table.row(operation, took.count(), ms(took.p50()), ms(took.max()));
        }
        return table;
    }

    private List<Round> everySecond(int from) {
        return IntStream.range(0, healthy.size()).filter(i -> i % 2 == from).mapToObj(healthy::get).toList();
    }

    private static Latencies together(List<Round> rounds, Operation operation) {
        return Latencies.together(rounds.stream().map(round -> round.of(operation)).toList());
    }

    private static double ratio(List<Round> rounds, List<Round> base, ToDoubleFunction<Round> figure) {
        return Median.of(rounds.stream().mapToDouble(figure)) / Median.of(base.stream().mapToDouble(figure));
    }
}
