package io.sandgate.gateway.shard;

import io.sandgate.gateway.shard.protocol.ShardId;

/// Hears what becomes of the shards of this replica, in order. Called on the loop of the shards: it must return at once.
@FunctionalInterface
public interface ShardListener {
    /// Nobody.
    ShardListener NONE = news -> {};

    /// A shard changed.
    void changed(ShardNews news);

    /// What became of a shard; immutable.
    ///
    /// @param shard which
    /// @param change what
    /// @param epoch of the lease by which this replica has it, or had it
    /// @param attempt which dial it is in; 0 before the first
    /// @param note why, in words without secrets; empty when there is nothing to say
    record ShardNews(ShardId shard, Change change, long epoch, long attempt, String note) {}

    /// What can become of a shard.
    enum Change {
        /// This replica has it, and will connect.
        HELD,
        /// What was missed is being replayed.
        RESUMING,
        /// Events flow.
        LIVE,
        /// No events come: the connection is gone, the lease is not fresh, or the upstream or an operator does not want it.
        LOST,
        /// This replica does not have it any more.
        RELEASED
    }
}
