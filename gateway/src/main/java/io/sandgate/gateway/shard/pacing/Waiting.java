package io.sandgate.gateway.shard.pacing;

import io.sandgate.gateway.shard.protocol.ShardId;

/// A shard that waits for a permit, as its member says in a poll.
///
/// @param shard which one
/// @param attempt which of the member's connections for it, counted up
/// @param cold it has no live session anywhere; false for one that is identified in the background, for a new count
public record Waiting(ShardId shard, long attempt, boolean cold) {}
