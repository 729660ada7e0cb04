package io.sandgate.e2e.bench;

import java.util.Arrays;
import java.util.Collection;

/// How long calls took. Safe for any thread.
final class Latencies {

    private long[] nanos = new long[1024];
    private int count;

    /// All of several together.
    static Latencies together(Collection<Latencies> parts) {
        Latencies all = new Latencies();
        parts.forEach(part -> Arrays.stream(part.sorted()).forEach(all::add));
        return all;
    }

    synchronized void add(long tookNanos) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * count);
        }
        nanos[count++] = tookNanos;
    }

    synchronized int count() {
        return count;
    }

    /// The smallest value that `percent` of all do not exceed, in milliseconds; 0 when there is none.
    double percentile(double percent) {
        long[] sorted = sorted();
        if (sorted.length == 0) {
            return 0;
        }
        int rank = (int) Math.ceil(percent / 100 * sorted.length);
        return sorted[Math.clamp(rank, 1, sorted.length) - 1] / 1e6;
    }

    double p50() {
        return percentile(50);
    }

    double p99() {
        return percentile(99);
    }

    double max() {
        return percentile(100);
    }

    private synchronized long[] sorted() {
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        return sorted;
    }
}
