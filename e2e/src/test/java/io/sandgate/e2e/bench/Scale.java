package io.sandgate.e2e.bench;

/// How much of the full count a run does: 1 for figures that count, less for a quick try, which leaves the docs alone.
final class Scale {

    private static final double FACTOR = Double.parseDouble(System.getProperty("sandgate.bench.scale", "1"));

    private Scale() {}

    /// The share of a full count, at least `least`.
    static int of(int full, int least) {
        return Math.max(least, (int) Math.round(full * FACTOR));
    }

    static boolean isFull() {
        return FACTOR == 1;
    }
}
