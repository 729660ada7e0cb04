package io.sandgate.gateway.shard.pacing;

/// A permit that was given, and what is known of it.
///
/// `OUTSTANDING -> USED | UNUSED | EXPIRED`, `EXPIRED -> USED | UNUSED`, `UNUSED -> USED`: what an IDENTIFY was sent for stays
/// used, whatever is said after that.
final class GivenPermit {

    private enum State {
        OUTSTANDING, EXPIRED, UNUSED, USED
    }

    private final Permit permit;
    private final Waiter waiter;
    private final long deadline;
    private State state = State.OUTSTANDING;
    private boolean rejected;

    /// @param waiter the place that it was given to
    /// @param deadline from when on it cannot be used
    GivenPermit(Permit permit, Waiter waiter, long deadline) {
        this.permit = permit;
        this.waiter = waiter;
        this.deadline = deadline;
    }

    Permit permit() {
        return permit;
    }

    Waiter waiter() {
        return waiter;
    }

    PacingView.Holder holder() {
        return new PacingView.Holder(waiter.member(), waiter.shard());
    }

    long deadline() {
        return deadline;
    }

    boolean isOutstanding() {
        return state == State.OUTSTANDING;
    }

    boolean isUsed() {
        return state == State.USED;
    }

    /// Whether nothing was heard of it.
    boolean isUnreported() {
        return state == State.OUTSTANDING || state == State.EXPIRED;
    }

    /// Whether it is given up now.
    boolean expire(long now) {
        if (state != State.OUTSTANDING || now - deadline < 0) {
            return false;
        }
        state = State.EXPIRED;
        return true;
    }

    /// Whether that is news.
    boolean use() {
        boolean news = state != State.USED;
        state = State.USED;
        return news;
    }

    /// Whether that is news.
    boolean letGo() {
        if (!isUnreported()) {
            return false;
        }
        state = State.UNUSED;
        return true;
    }

    /// Whether that is news.
    boolean reject() {
        boolean news = !rejected;
        rejected = true;
        return news;
    }
}
