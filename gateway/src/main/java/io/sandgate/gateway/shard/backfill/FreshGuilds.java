package io.sandgate.gateway.shard.backfill;

import io.sandgate.gateway.shard.backfill.MemberRequest.Reason;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/// Guilds that are new to a session: which of them are asked for, in the order in which they came, by those shards that hold
/// the gate.
///
/// One that does not answer, or whose connection ends before the answer does, is asked for again, three times in all; then it
/// is left to the sweep, so that a guild that breaks its connection does not do so for ever.
final class FreshGuilds {
    private static final int MOST_TRIES = 3;
    private static final Duration RETRY = Duration.ofMillis(250);

    private final BackfillPorts ports;
    private final GuildRequests requests;
    private final BackfillMetrics metrics;
    private final RandomGenerator random;
    private final double divergence;

    FreshGuilds(BackfillSettings settings, BackfillPorts ports, GuildRequests requests, BackfillMetrics metrics,
            RandomGenerator random) {
        this.ports = ports;
        this.requests = requests;
        this.metrics = metrics;
        this.random = random;
        divergence = settings.divergence();
    }

    /// A session saw a guild for the first time. One that waits already keeps its place.
    ///
    /// @param memberCount as the upstream says
    void seen(HeldShard shard, long guild, long memberCount, long now) {
        if (requests.isOpen(shard.id(), guild)) {
            return;
        }
        if (isClose(ports.counts().known(guild), memberCount, divergence)) {
            shard.fresh().remove(guild);
            metrics.skipped(BackfillMetrics.Skip.CLOSE);
        } else if (!shard.fresh().contains(guild)) {
            put(shard, guild, 0, now);
        }
    }

    /// Whether a count is so near to the upstream's that the list need not be asked for: their difference is at most the ratio
    /// times the upstream's count. Never at ratio 0, nor without a count.
    static boolean isClose(OptionalLong known, long upstream, double ratio) {
        return ratio > 0 && known.isPresent() && Math.abs(known.getAsLong() - upstream) <= ratio * upstream;
    }

    /// The upstream refused to answer a request.
    void refused(HeldShard shard, MemberRequest request, long now) {
        put(shard, request.guild(), request.tries(), now);
    }

    /// A request ended without an answer.
    void unanswered(HeldShard shard, MemberRequest request, long now) {
        if (request.tries() + 1 < MOST_TRIES) {
            put(shard, request.guild(), request.tries() + 1, now);
        } else {
            metrics.skipped(BackfillMetrics.Skip.UNANSWERED);
        }
    }

    /// Whether the shard has one that it could ask for.
    boolean isReady(HeldShard shard, long now) {
        return shard.mayAsk(now) && shard.fresh().firstReady(now) != null;
    }

    /// Whether everything was asked for and answered, and the sink has taken it.
    boolean isDrained(HeldShard shard) {
        return shard.fresh().isEmpty() && requests.open(shard.id()) == 0 && ports.sinkIsLow().getAsBoolean();
    }

    /// Asks for as many as the connection takes.
    void dispatch(HeldShard shard, long now) {
        GuildQueue queue = shard.fresh();
        for (var next = queue.firstReady(now); next != null && shard.mayAsk(now)
                && requests.hasRoom(shard.id()); next = queue.firstReady(now)) {
            long earliest = requests.earliest(next.guild(), now);
            if (earliest - now > 0) {
                queue.defer(next, earliest);
            } else if (requests.ask(shard, next.guild(), Reason.FRESH, next.tries(), now)) {
                queue.remove(next.guild());
            } else {
                shard.pause(now + retry(random));
            }
        }
    }

    /// How long a connection is left alone that takes nothing now.
    static long retry(RandomGenerator random) {
        return RETRY.toNanos() + random.nextLong(RETRY.toNanos());
    }

    private void put(HeldShard shard, long guild, int tries, long now) {
        if (!shard.fresh().put(guild, tries, requests.earliest(guild, now))) {
            metrics.skipped(BackfillMetrics.Skip.FULL);
        }
    }
}
