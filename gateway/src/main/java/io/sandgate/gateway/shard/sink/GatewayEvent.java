package io.sandgate.gateway.shard.sink;

import io.sandgate.gateway.shard.protocol.RawJson;
import io.sandgate.gateway.shard.protocol.ShardId;

/// One event of the upstream's, as it is handed on.
///
/// An event may be handed on more than once, by the replica that had the shard and by the next one: whoever must not act
/// twice remembers the session and the sequence.
///
/// @param shard where it came from
/// @param sessionId the upstream's session, in which the sequence counts
/// @param sequence from 1, without holes in one session
/// @param type as the upstream names it, for example `MESSAGE_CREATE`
/// @param data the event's `d`, as it came
public record GatewayEvent(ShardId shard, String sessionId, long sequence, String type, RawJson data) {}
