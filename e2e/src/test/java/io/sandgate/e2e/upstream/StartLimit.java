package io.sandgate.e2e.upstream;

import java.time.Duration;

/// How many IDENTIFYs the bot has left, refilled once in a period. Times are in nanoseconds.
final class StartLimit {
    private int total;
    private long period;
    private int remaining;
    private long refillAt;

    StartLimit(UpstreamRules rules, long now) {
        restart(rules, now);
    }

    /// Begins a period by these rules.
    void restart(UpstreamRules rules, long now) {
        total = rules.startTotal();
        period = rules.startResetAfter().toNanos();
        remaining = rules.startRemaining();
        refillAt = now + period;
    }

    /// Takes one; false when there was none.
    boolean take(long now) {
        if (remaining(now) == 0) {
            return false;
        }
        remaining--;
        return true;
    }

    int remaining(long now) {
        if (now - refillAt >= 0) {
            refillAt += ((now - refillAt) / period + 1) * period;
            remaining = total;
        }
        return remaining;
    }

    Duration resetAfter(long now) {
        remaining(now);
        return Duration.ofNanos(refillAt - now);
    }
}
