package io.sandgate.gateway.shard.pacing;

import java.time.Duration;

/// What is added to each window: more after a rejection, up to a bound, and a step less for each minute without one.
final class AdaptiveMargin {
    private static final long STEP = Duration.ofMillis(250).toNanos();
    private static final long CALM = Duration.ofMinutes(1).toNanos();

    private final long least;
    private final long most;
    private long raised;
    private long rejectedAt;

    AdaptiveMargin(Duration least, Duration most) {
        this.least = least.toNanos();
        this.most = most.toNanos();
    }

    /// Nanoseconds to add.
    long at(long now) {
        return least + raised(now);
    }

    void rejected(long now) {
        raised = Math.min(most - least, raised(now) + STEP);
        rejectedAt = now;
    }

    private long raised(long now) {
        return raised == 0 ? 0 : Math.max(0, raised - (now - rejectedAt) / CALM * STEP);
    }
}
