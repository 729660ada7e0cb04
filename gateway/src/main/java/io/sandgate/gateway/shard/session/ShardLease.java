package io.sandgate.gateway.shard.session;

import java.util.function.LongSupplier;

/// This replica's right to act for a shard, which expires unless it is renewed. Thread-safe.
public final class ShardLease {
    private final LongSupplier clock;
    private volatile long epoch;
    private volatile long until;

    /// @param clock monotonic nanoseconds, on any thread
    /// @param until when it expires
    public ShardLease(LongSupplier clock, long epoch, long until) {
        this.clock = clock;
        this.epoch = epoch;
        this.until = until;
    }

    /// Which lease it is: each owner's is higher than that of the one before.
    public long epoch() {
        return epoch;
    }

    /// Whether this replica may act for the shard now.
    public boolean isFresh() {
        return until - clock.getAsLong() > 0;
    }

    /// For how long it has been expired, in nanoseconds; not above 0 while it is fresh.
    public long expiredFor() {
        return clock.getAsLong() - until;
    }

    /// Makes it good until a later moment. One thread does this.
    public void renew(long newEpoch, long newUntil) {
        epoch = newEpoch;
        until = newUntil;
    }
}
