package io.sandgate.sandbox;

import io.sandgate.sandbox.runtime.Usage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one sandbox used at its last measurements, the oldest of which make room for new ones. Thread-safe.
///
/// A measurement takes 20 bytes, so that all together take 14 KiB: time in seconds, share of the processors, and memory,
/// cache and disk in KiB, up to 4 TiB. What a sandbox may use does not change, and is kept once.
final class UsageHistory {

    /// An hour of measurements five seconds apart.
    static final int MOST = 720;

    private static final int FIRST = 8;
    private static final int WORDS = 5;
    private static final int KIB = 1024;
    private static final long MOST_KIB = 0xffff_ffffL;

    private int[] ring = {};
    private int oldest;
    private int size;
    private @Nullable Usage last;

    synchronized void add(Usage usage) {
        if (size * WORDS == ring.length && size < MOST) {
            ring = Arrays.copyOf(ring, Math.clamp(size * 2L, FIRST, MOST) * WORDS);
        }
        int place = (oldest + size) % (ring.length / WORDS);
        if (size == MOST) {
            oldest = (oldest + 1) % MOST;
        } else {
            size++;
        }
        int at = place * WORDS;
        ring[at] = (int) usage.time().getEpochSecond();
        ring[at + 1] = Float.floatToIntBits((float) usage.cpuUsedPct());
        ring[at + 2] = kib(usage.memoryUsed());
        ring[at + 3] = kib(usage.memoryCache());
        ring[at + 4] = kib(usage.diskUsed());
        last = usage;
    }

    /// The measurements of a span, oldest first.
    ///
    /// @param from the first second since 1970 that belongs to it
    /// @param to the last one
    synchronized List<Usage> between(long from, long to) {
        List<Usage> found = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            int at = (oldest + i) % (ring.length / WORDS) * WORDS;
            long second = Integer.toUnsignedLong(ring[at]);
            if (last != null && from <= second && second <= to) {
                found.add(new Usage(Instant.ofEpochSecond(second), last.cpuCount(), Float.intBitsToFloat(ring[at + 1]),
                        last.memoryTotal(), bytes(ring[at + 2]), bytes(ring[at + 3]), last.diskTotal(),
                        bytes(ring[at + 4])));
            }
        }
        return found;
    }

    private static int kib(long bytes) {
        return (int) Math.clamp(bytes / KIB, 0, MOST_KIB);
    }

    private static long bytes(int kib) {
        return Integer.toUnsignedLong(kib) * KIB;
    }
}
