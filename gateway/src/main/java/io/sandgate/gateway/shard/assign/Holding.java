package io.sandgate.gateway.shard.assign;

import io.sandgate.gateway.shard.protocol.ShardId;

/// A member says that it has a shard.
///
/// @param shard which
/// @param epoch of the lease by which it has it
/// @param fresh whether that lease had not expired when it said so
/// @param live whether events flow
public record Holding(ShardId shard, long epoch, boolean fresh, boolean live) {}
