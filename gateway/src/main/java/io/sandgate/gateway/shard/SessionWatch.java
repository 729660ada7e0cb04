package io.sandgate.gateway.shard;

import io.sandgate.gateway.shard.protocol.Payload;
import io.sandgate.gateway.shard.protocol.ShardId;

/// Follows the sessions of the shards that this replica has. Everything is called on the loop, and returns at once.
interface SessionWatch {
    /// Follows nothing.
    SessionWatch NONE = new SessionWatch() {
    };

    /// This replica has a shard, which is not connected yet.
    default void taken(ShardId shard) {}

    /// A shard's session is live: requests may be sent. May be said more than once of one connection.
    ///
    /// @param attempt tells the shard's connections apart
    default void live(ShardId shard, long attempt) {}

    /// A shard's session is a new one: the upstream tells all of its guilds.
    default void begun(ShardId shard) {}

    /// An event came, in the order of the session.
    default void seen(ShardId shard, Payload event) {}

    /// A shard's connection is over.
    default void disconnected(ShardId shard) {}

    /// This replica does not have the shard any more.
    default void released(ShardId shard) {}
}
