package io.sandgate.gateway.shard.backfill;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// When each guild may be asked for again, whichever shard asks.
///
/// A guild that is not remembered may be asked for: so it is remembered until then, and while there is no room to remember
/// more, no further guild is asked for.
final class GuildPace {
    /// Added to the upstream's time, whose clock begins when the request arrives: one that is slow on its way must not be
    /// overtaken.
    static final Duration MARGIN = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final long RETRY = Duration.ofSeconds(1).toNanos();
    private static final int FIRST_PURGE = 1_024;

    private final long gap;
    private final int bound;
    private final Map<Long, Long> notBefore = new HashMap<>();
    private int purgeAt;
    private long purged;

    GuildPace(Duration perGuild, int bound, long now) {
        purged = now;
        gap = perGuild.plus(MARGIN).toNanos();
        this.bound = bound;
        purgeAt = Math.min(FIRST_PURGE, bound);
    }

    /// From when on a guild may be asked for: `now` or later.
    long earliest(long guild, long now) {
        Long until = notBefore.get(guild);
        if (until != null) {
            return until - now > 0 ? until : now;
        }
        purge(now);
        return notBefore.size() < bound ? now : now + RETRY;
    }

    /// A guild was asked for.
    void asked(long guild, long now) {
        put(guild, now, now + gap);
    }

    /// The upstream wants a guild not to be asked for before a time has passed.
    void refused(long guild, long now, Duration retryAfter) {
        Duration wait = retryAfter.compareTo(LONGEST) > 0 ? LONGEST : retryAfter;
        long until = now + wait.plus(MARGIN).toNanos();
        if (until - earliest(guild, now) > 0) {
            put(guild, now, until);
        }
    }

    private void put(long guild, long now, long until) {
        purge(now);
        if (notBefore.size() < bound || notBefore.containsKey(guild)) {
            notBefore.put(guild, until);
        }
    }

    private void purge(long now) {
        boolean full = notBefore.size() == bound;
        if (notBefore.size() >= purgeAt && (!full || now - purged >= RETRY)) {
            purged = now;
            notBefore.values().removeIf(until -> until - now <= 0);
            purgeAt = Math.clamp(2L * notBefore.size(), Math.min(FIRST_PURGE, bound), bound);
        }
    }
}
