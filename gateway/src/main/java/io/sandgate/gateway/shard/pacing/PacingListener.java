package io.sandgate.gateway.shard.pacing;

import io.sandgate.gateway.shard.protocol.ShardId;
import java.time.Duration;

/// Who is told what a pacer does, for counters; called from within the pacer's methods.
public interface PacingListener {

    /// Hears nothing.
    PacingListener NONE = new PacingListener() {
    };

    /// A permit was given.
    ///
    /// @param waited since the shard came into the queue
    default void granted(Permit permit, int key, Duration waited) {}

    /// An IDENTIFY was sent.
    ///
    /// @param gap since the one before it of the same key, as the reports came in
    default void gap(int key, Duration gap) {}

    /// A permit came back unused.
    default void unused(Permit permit) {}

    /// A permit's life is over and nothing was heard of it: it counts as used.
    default void expired(Permit permit) {}

    /// The upstream refused an IDENTIFY for its time.
    ///
    /// @param margin what it is now
    default void rejected(ShardId shard, Duration margin) {}
}
