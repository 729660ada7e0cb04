package io.sandgate.gateway.limit;

/// What one address or one key has open, and a bucket of tokens for what it may open. Not thread-safe.
///
/// Times are nanoseconds of one clock that only goes forward.
final class Usage {
    private static final double SECOND = 1e9;

    private final Limit limit;
    private int open;
    private double tokens;
    private long filledAt;

    Usage(Limit limit, long now) {
        this.limit = limit;
        this.tokens = limit.burst();
        this.filledAt = now;
    }

    boolean isFull() {
        return limit.open() > 0 && open >= limit.open();
    }

    /// Nanoseconds until a connection may be opened as far as the rate goes; 0 when it may at once.
    long untilToken(long now) {
        if (limit.perSecond() == 0) {
            return 0;
        }
        fill(now);
        return tokens >= 1 ? 0 : (long) Math.ceil((1 - tokens) / limit.perSecond() * SECOND);
    }

    void open() {
        open++;
        if (limit.perSecond() > 0) {
            tokens--;
        }
    }

    void close() {
        open--;
    }

    boolean isIdle() {
        return open == 0;
    }

    /// Whether it is as one that was never seen.
    boolean isFresh(long now) {
        if (limit.perSecond() > 0) {
            fill(now);
        }
        return open == 0 && tokens >= limit.burst();
    }

    private void fill(long now) {
        tokens = Math.min(limit.burst(), tokens + (now - filledAt) * (limit.perSecond() / SECOND));
        filledAt = now;
    }
}
