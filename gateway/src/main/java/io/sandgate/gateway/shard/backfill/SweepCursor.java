package io.sandgate.gateway.shard.backfill;

import io.sandgate.gateway.shard.protocol.ShardId;

/// How far the sweep has come with the guilds of one shard, in the order of their ids.
///
/// @param lastGuild the last one that was asked for; 0 before the first
/// @param wraps how often it began anew
public record SweepCursor(ShardId shard, long lastGuild, long wraps) {

    public SweepCursor {
        if (lastGuild < 0 || wraps < 0) {
            throw new IllegalArgumentException("sweep cursor of shard " + shard + ": guild " + lastGuild + ", wraps "
                    + wraps + " (expected: nothing negative)");
        }
    }

    /// Before the first guild of a shard that nobody swept.
    public static SweepCursor start(ShardId shard) {
        return new SweepCursor(shard, 0, 0);
    }
}
