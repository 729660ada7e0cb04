package io.sandgate.gateway.shard.pacing;

import java.time.Duration;

/// How IDENTIFYs are spaced and how many there may be.
///
/// @param window what the upstream wants between two IDENTIFYs of one key
/// @param margin what is added to the window, for latencies that differ
/// @param maxMargin how far rejections can raise the margin
/// @param permitLife how long a permit may be used, from when the poll that it answers was sent
/// @param reserve the part of a period's starts that is kept for shards without a session
/// @param waitLife how long a member that does not poll keeps its places
/// @param identifiesPerShard how many IDENTIFYs one shard may send in 24 hours
public record PacingSettings(Duration window, Duration margin, Duration maxMargin, Duration permitLife, double reserve,
        Duration waitLife, int identifiesPerShard) {

    public static final PacingSettings DEFAULTS = new PacingSettings(Duration.ofSeconds(5), Duration.ofMillis(250),
            Duration.ofMillis(1500), Duration.ofSeconds(1), 0.10, Duration.ofSeconds(3), 50);

    public PacingSettings {
        positive("window", window);
        positive("permit life", permitLife);
        positive("wait life", waitLife);
        if (margin.isNegative() || margin.compareTo(maxMargin) > 0) {
            throw new IllegalArgumentException("margin: " + margin + " (expected: zero to " + maxMargin + ")");
        }
        if (!(reserve >= 0 && reserve <= 1)) {
            throw new IllegalArgumentException("reserve: " + reserve + " (expected: 0 to 1)");
        }
        if (identifiesPerShard < 1) {
            throw new IllegalArgumentException(
                    "identifies per shard: " + identifiesPerShard + " (expected: 1 or more)");
        }
    }

    private static void positive(String name, Duration value) {
        if (!value.isPositive()) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: more than zero)");
        }
    }
}
