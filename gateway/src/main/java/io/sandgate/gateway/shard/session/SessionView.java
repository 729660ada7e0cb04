package io.sandgate.gateway.shard.session;

import io.sandgate.gateway.shard.protocol.ShardId;

/// A session as an operator sees it.
///
/// @param shard which
/// @param state what it does
/// @param note why it is not live, or what happened last, in words; empty when there is nothing to say
/// @param epoch of the lease
/// @param attempt which dial it is in
/// @param failures how many in a row
/// @param readyAt when the upstream's session began, in milliseconds of the time of day; 0 without one
/// @param received the sequence of the last event that came; 0 without one
/// @param accepted the sequence of the last event that the sink accepted
/// @param waiting events that it has not accepted
/// @param ackMillis since the last acknowledged heartbeat; -1 when not connected
/// @param latencyMillis between the last heartbeat and its acknowledgement; -1 when there was none
/// @param sends payloads sent in the last window over this connection
public record SessionView(ShardId shard, ShardState state, String note, long epoch, long attempt, int failures,
        long readyAt, long received, long accepted, int waiting, long ackMillis, double latencyMillis, int sends) {}
