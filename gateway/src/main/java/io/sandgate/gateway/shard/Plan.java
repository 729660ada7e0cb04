package io.sandgate.gateway.shard;

import io.sandgate.gateway.shard.protocol.ShardId;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/// Which shards there are, as all replicas know it.
///
/// While the bot's guilds are divided anew, there are the shards of both counts: those of the next one are connected in the
/// background, and hand nothing on. When all that together have the guilds of an old shard are live, that one is *cut over*: they
/// hand on, and when every replica knows that, the old one is *retired* and closed. Between the two both hand on.
///
/// @param version counted up with each change; the highest one is the plan
/// @param count into how many shards the bot's guilds are divided; 0 while that is not known
/// @param next into how many they are being divided anew; 0 when they are not
/// @param cut numbers of old shards that are cut over
/// @param retired those of them that are closed
/// @param disconnected numbers of shards that an operator keeps disconnected
record Plan(long version, int count, int next, Set<Integer> cut, Set<Integer> retired, Set<Integer> disconnected) {
    static final Plan NONE = new Plan(0, 0, 0, Set.of(), Set.of(), Set.of());

    Plan {
        cut = Set.copyOf(cut);
        retired = Set.copyOf(retired);
        disconnected = Set.copyOf(disconnected);
    }

    Plan latest(Plan other) {
        return other.version > version ? other : this;
    }

    boolean isKnown() {
        return count > 0;
    }

    boolean isRescaling() {
        return next > 0;
    }

    /// The counts that there are shards of.
    List<Integer> counts() {
        return isRescaling() ? List.of(count, next) : isKnown() ? List.of(count) : List.of();
    }

    /// Nothing but these shards, with nothing in the way.
    Plan only(int newCount) {
        return new Plan(version + 1, newCount, 0, Set.of(), Set.of(), disconnected);
    }

    Plan rescaling(int newCount) {
        return new Plan(version + 1, count, newCount, Set.of(), Set.of(), disconnected);
    }

    /// Further old shards are cut over, or retired.
    Plan with(Set<Integer> newlyCut, Set<Integer> newlyRetired) {
        return new Plan(version + 1, count, next, union(cut, newlyCut), union(retired, newlyRetired), disconnected);
    }

    /// The same shards, with some of them disconnected or not any more.
    Plan disconnected(Set<Integer> numbers, boolean stay) {
        Set<Integer> all = new TreeSet<>(disconnected);
        if (stay) {
            all.addAll(numbers);
        } else {
            all.removeAll(numbers);
        }
        return new Plan(version + 1, count, next, cut, retired, all);
    }

    private static Set<Integer> union(Set<Integer> some, Set<Integer> more) {
        Set<Integer> all = new TreeSet<>(some);
        all.addAll(more);
        return all;
    }

    /// The new shards that have the guilds of an old one, and perhaps others'.
    ///
    /// A guild's shard is a number modulo the count. So where the next count is a multiple, the guilds of an old shard are in
    /// those new ones that are equal to it modulo the old count; otherwise they are everywhere.
    List<ShardId> successors(int old) {
        return IntStream.range(0, next).filter(number -> next % count != 0 || number % count == old)
                .mapToObj(number -> new ShardId(number, next)).toList();
    }

    /// Whether the events of a shard are handed on.
    boolean handsOn(ShardId shard) {
        if (shard.count() == count) {
            return !retired.contains(shard.number());
        }
        if (shard.count() != next) {
            return false;
        }
        return next % count == 0 ? cut.contains(shard.number() % count) : cut.size() == count;
    }

    /// Whether a shard should have a connection.
    boolean connects(ShardId shard) {
        return shard.count() == count
                ? !retired.contains(shard.number()) && !disconnected.contains(shard.number())
                : shard.count() == next;
    }
}
