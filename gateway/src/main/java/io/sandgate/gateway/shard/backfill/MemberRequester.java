package io.sandgate.gateway.shard.backfill;

import io.sandgate.gateway.shard.protocol.ShardId;

/// Sends requests for whole member lists, op 8, on the connections of shards.
@FunctionalInterface
public interface MemberRequester {

    /// Sends a request, at once or not at all, and does not call the backfill back from within.
    ///
    /// @param attempt the connection it is for
    /// @param nonce comes back with each chunk; at most 32 bytes
    /// @return whether it was sent; when not, for want of a place in what the connection may send, it is tried again soon
    boolean send(ShardId shard, long attempt, long guild, String nonce);
}
