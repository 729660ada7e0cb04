package io.sandgate.gateway.shard.assign;

import io.sandgate.gateway.shard.protocol.ShardId;
import java.util.Optional;

/// Where a shard is, as the leader knows.
///
/// @param shard which
/// @param owner who has it by a lease that has not expired
/// @param epoch of the lease of whoever has it or had it last; 0 if that is not known
/// @param live whether the owner says that events flow
/// @param moving whether it is on its way from one living member to another one
/// @param desired who should have it
public record ShardStanding(ShardId shard, Optional<String> owner, long epoch, boolean live, boolean moving,
        Optional<String> desired) {}
