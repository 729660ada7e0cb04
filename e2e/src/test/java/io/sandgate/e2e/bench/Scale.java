package io.sandgate.e2e.bench;

import java.util.List;

/// How much of a benchmark a run does: all of it for figures that count, less for a quick try, which leaves the docs alone.
final class Scale {

    private static final double FACTOR = Double.parseDouble(System.getProperty("sandgate.bench.scale", "1"));
    private static final String ALL = "all";
    private static final List<String> LINES = List
            .of(System.getProperty("sandgate.bench.lines", ALL).strip().split("\\s*,\\s*"));

    private Scale() {}

    /// The share of a full count, at least `least`.
    static int of(int full, int least) {
        return Math.max(least, (int) Math.round(full * FACTOR));
    }

    /// Whether one line of a benchmark with several is wanted.
    static boolean selects(String line) {
        return LINES.contains(ALL) || LINES.contains(line);
    }

    static boolean isFull() {
        return FACTOR == 1 && LINES.contains(ALL);
    }
}
