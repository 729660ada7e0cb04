package io.sandgate.gateway.stream.webhook;

/// How many retries there may be in the whole process: a share of the first attempts, and a few a second beside them, so that
/// receivers that all fail at once are not asked many times as often as healthy ones.
///
/// Confined to one thread.
final class RetryBudget {
    private static final double NANOS = 1e9;

    private final double share;
    private final double perSecond;
    private final double most;
    private double tokens;
    private long filledAt;

    /// @param share retries for each first attempt
    /// @param perSecond retries a second beside them
    /// @param most that can be saved up
    RetryBudget(double share, double perSecond, double most, long now) {
        this.share = share;
        this.perSecond = perSecond;
        this.most = most;
        this.tokens = most;
        this.filledAt = now;
    }

    /// Notes a first attempt.
    void request() {
        tokens = Math.min(most, tokens + share);
    }

    /// Whether one retry may be made now; if so it is.
    ///
    /// @param now in nanoseconds, of the same clock as always
    boolean take(long now) {
        tokens = Math.min(most, tokens + (double) (now - filledAt) / NANOS * perSecond);
        filledAt = now;
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }
}
