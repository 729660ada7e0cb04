package io.sandgate.sandbox.tenant;

/// A bucket that fills at a steady rate and holds twice what comes in a second. Belongs to one thread.
final class TokenBucket {

    private static final double NANOS = 1e9;

    private double tokens;
    private long at;

    /// A full one.
    TokenBucket(int perSecond, long now) {
        this.tokens = burst(perSecond);
        this.at = now;
    }

    /// Takes one token if there is one.
    ///
    /// @param perSecond the rate as it is now
    Allowance take(int perSecond, long now) {
        Allowance before = look(perSecond, now);
        if (before.isAllowed()) {
            tokens--;
        }
        return allowance(before.isAllowed(), perSecond);
    }

    /// Whether a token could be taken.
    Allowance look(int perSecond, long now) {
        tokens = Math.min(burst(perSecond), tokens + Math.max(0, now - at) / NANOS * perSecond);
        at = now;
        return allowance(tokens >= 1, perSecond);
    }

    private Allowance allowance(boolean allowed, int perSecond) {
        int burst = burst(perSecond);
        return new Allowance(allowed, burst, (int) tokens, (int) Math.ceil((burst - tokens) / perSecond),
                Math.max(1, (int) Math.ceil((1 - tokens) / perSecond)));
    }

    private static int burst(int perSecond) {
        return 2 * perSecond;
    }
}
