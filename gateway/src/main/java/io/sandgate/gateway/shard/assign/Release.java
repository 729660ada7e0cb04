package io.sandgate.gateway.shard.assign;

import io.sandgate.gateway.shard.protocol.ShardId;
import io.sandgate.gateway.shard.record.SessionRecord;
import java.util.Optional;

/// A member gives a shard back: it has closed the connection.
///
/// @param shard which
/// @param epoch of the lease by which it had it
/// @param session for the next one to go on with, if there is one
public record Release(ShardId shard, long epoch, Optional<SessionRecord> session) {}
