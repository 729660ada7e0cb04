package io.sandgate.gateway.shard.assign;

import io.sandgate.gateway.shard.protocol.ShardId;
import io.sandgate.gateway.shard.record.SessionRecord;
import java.util.List;
import java.util.Optional;

/// What a member has from the leader.
///
/// @param leases the shards that it has now
/// @param giveBack those of them that it is to give back
/// @param complete whether what is not among them it has not; otherwise that is not decided yet
public record Orders(List<Lease> leases, List<ShardId> giveBack, boolean complete) {

    /// One shard for one member.
    ///
    /// @param shard which
    /// @param epoch higher than that of whoever had it before
    /// @param session as the one before left it, if it was handed over and is not held yet
    public record Lease(ShardId shard, long epoch, Optional<SessionRecord> session) {}
}
