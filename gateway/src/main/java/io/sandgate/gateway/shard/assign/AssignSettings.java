package io.sandgate.gateway.shard.assign;

import java.time.Duration;

/// How shards are given to members.
///
/// @param lease how long a member has a shard after it said that it wants to keep it
/// @param debounce how long the members stay the same before shards are moved among living ones
/// @param movesPerMember how many shards one member gives away, and how many it gets from living ones, at a time
/// @param moveTimeout after how long a moved shard that is not live counts as moved
public record AssignSettings(Duration lease, Duration debounce, int movesPerMember, Duration moveTimeout) {

    public AssignSettings {
        if (!lease.isPositive() || debounce.isNegative() || movesPerMember < 1 || !moveTimeout.isPositive()) {
            throw new IllegalArgumentException("lease: " + lease + ", debounce: " + debounce + ", moves per member: "
                    + movesPerMember + ", move timeout: " + moveTimeout
                    + " (expected: at least one move, and no time that is negative, or nothing but for the debounce)");
        }
    }
}
