package io.sandgate.gateway.shard.pacing;

import io.sandgate.gateway.shard.protocol.ShardId;

/// A place in a queue.
///
/// @param shard whose place it is
/// @param member who waits with it
/// @param incarnation which life of the member
/// @param attempt which connection
/// @param cold whether the reserve is for it
/// @param since when the shard came into the queue
/// @param ticket the order among all queues
/// @param returned it had a permit and its member did not hear of it
record Waiter(ShardId shard, String member, long incarnation, long attempt, boolean cold, long since, long ticket,
        boolean returned) {

    boolean isOf(String name) {
        return member.equals(name);
    }

    /// Whether it is that shard's in that life of that member.
    boolean isSame(ShardId otherShard, String name, long otherIncarnation) {
        return shard.equals(otherShard) && isOf(name) && incarnation == otherIncarnation;
    }

    /// The same place, for a member's newest word on the shard.
    Waiter with(String newMember, long newIncarnation, Waiting waiting) {
        return new Waiter(shard, newMember, newIncarnation, waiting.attempt(), waiting.cold(), since, ticket,
                returned);
    }

    /// The same place, after a permit of which the member did not hear.
    Waiter afterLostPermit() {
        return new Waiter(shard, member, incarnation, attempt, cold, since, ticket, true);
    }
}
