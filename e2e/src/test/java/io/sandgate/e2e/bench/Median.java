package io.sandgate.e2e.bench;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/// The middle of several figures.
final class Median {

    private Median() {}

    /// The median, between the two in the middle of an even number; not a number when there is none.
    static double of(DoubleStream figures) {
        double[] sorted = figures.sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length == 0
                ? Double.NaN
                : Arrays.stream(sorted, sorted.length % 2 == 0 ? middle - 1 : middle, middle + 1).average()
                        .orElseThrow();
    }
}
