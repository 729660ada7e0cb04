package io.sandgate.e2e.upstream;

import java.util.ArrayList;
import java.util.List;

/// The guilds of the upstream's world, the same ones whatever the number of shards: guild number `t` from 1 has the id
/// `t << 22`, and its members have the ids that follow.
final class Guilds {
    private Guilds() {}

    /// The ids of a shard's guilds.
    static List<Long> of(Shard shard, UpstreamRules rules) {
        List<Long> ids = new ArrayList<>();
        int first = shard.number() == 0 ? shard.count() : shard.number();
        for (long t = first; t <= all(rules); t += shard.count()) {
            ids.add(t << 22);
        }
        return ids;
    }

    /// The id of one of a shard's guilds, even if it has none.
    static long first(Shard shard) {
        return (shard.number() == 0 ? (long) shard.count() : shard.number()) << 22;
    }

    static boolean exists(long guild, UpstreamRules rules) {
        long t = guild >>> 22;
        return guild == t << 22 && t >= 1 && t <= all(rules);
    }

    static long member(long guild, int place) {
        return guild + 1 + place;
    }

    /// The place of a user in a guild's list; -1 when it is no member.
    static int place(long guild, long user, UpstreamRules rules) {
        long place = user - guild - 1;
        return place >= 0 && place < rules.membersPerGuild() ? (int) place : -1;
    }

    private static long all(UpstreamRules rules) {
        return (long) rules.guildsPerShard() * rules.recommendedShards();
    }
}
