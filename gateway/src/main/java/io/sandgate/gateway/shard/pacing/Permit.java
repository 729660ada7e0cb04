package io.sandgate.gateway.shard.pacing;

import io.sandgate.gateway.shard.protocol.ShardId;

/// The leave to send one IDENTIFY, before the permit's life is over: counted from when the poll that it answers was sent.
///
/// @param id how the holder names it in its report
/// @param shard whose IDENTIFY
/// @param attempt the only connection that may send it
public record Permit(long id, ShardId shard, long attempt) {}
