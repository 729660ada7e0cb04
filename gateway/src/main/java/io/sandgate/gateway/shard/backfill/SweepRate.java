package io.sandgate.gateway.shard.backfill;

/// What the sweep may ask for: a token bucket that holds what one second brings, and one at least unless nothing is allowed.
///
/// It begins empty: whoever swept before may have asked just now.
final class SweepRate {
    private static final double SECOND = 1e9;
    /// Tokens are made of parts of seconds that do not add up to whole ones exactly.
    private static final double NEARLY_ONE = 1 - 1e-9;

    private double perSecond;
    private double tokens;
    private long at;

    SweepRate(long now) {
        at = now;
    }

    void set(double newPerSecond, long now) {
        accrue(now);
        perSecond = newPerSecond;
        tokens = Math.min(tokens, capacity());
    }

    /// Takes a token, if there is one.
    boolean take(long now) {
        accrue(now);
        if (tokens < NEARLY_ONE) {
            return false;
        }
        tokens = Math.max(0, tokens - 1);
        return true;
    }

    /// Gives a token back that was not needed.
    void giveBack() {
        tokens = Math.min(tokens + 1, capacity());
    }

    private void accrue(long now) {
        tokens = Math.min(tokens + (now - at) / SECOND * perSecond, capacity());
        at = now;
    }

    private double capacity() {
        return perSecond == 0 ? 0 : Math.max(1, perSecond);
    }
}
