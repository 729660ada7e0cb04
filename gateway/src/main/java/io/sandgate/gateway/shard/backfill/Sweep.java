package io.sandgate.gateway.shard.backfill;

import io.sandgate.gateway.shard.backfill.MemberRequest.Reason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks for all guilds of the shards that this replica holds, one after the other, for ever: shard by shard in turn, in each
/// by the guilds' ids, from where the last owner of the shard stopped.
///
/// Each guild belongs to one shard and each shard to one replica, so that no guild is swept by two. A shard whose next guild
/// may not be asked for yet waits for it while the others go on. What was asked for and not answered has its turn again in
/// the next round; what the upstream refused, as soon as it may be asked for.
final class Sweep {
    private static final Logger log = LoggerFactory.getLogger(Sweep.class);
    private static final int BATCH = 200;
    private static final long BATCH_TIME = Duration.ofMinutes(1).toNanos();
    private static final long CURSOR_TIME = Duration.ofSeconds(5).toNanos();

    private final BackfillPorts ports;
    private final GuildRequests requests;
    private final RandomGenerator random;
    private final SweepRate rate;
    private final double most;
    /// In turn.
    private final Queue<HeldShard> shards = new ArrayDeque<>();
    private final Set<HeldShard> moved = new HashSet<>();
    /// Those that were not given the guilds whose counts are known.
    private final Set<HeldShard> unseeded = new HashSet<>();
    private int batch;
    private long batchSince;
    private long cursorsAt;

    Sweep(BackfillSettings settings, BackfillPorts ports, GuildRequests requests, RandomGenerator random, long now) {
        this.ports = ports;
        this.requests = requests;
        this.random = random;
        most = settings.sweepPerSecond();
        rate = new SweepRate(now);
        batchSince = now;
        cursorsAt = now;
    }

    void add(HeldShard shard) {
        shards.add(shard);
        unseeded.add(shard);
    }

    void remove(HeldShard shard) {
        shards.remove(shard);
        unseeded.remove(shard);
        if (moved.remove(shard)) {
            ports.cursorMoved().accept(shard.cursor());
        }
    }

    /// This replica's share of the rate; never more than the whole.
    void share(double perSecond, long now) {
        rate.set(Math.min(perSecond, most), now);
    }

    /// Asks for what may be asked for now.
    ///
    /// @param mayBeSwept whether a shard has nothing more urgent to ask for
    void dispatch(long now, Predicate<HeldShard> mayBeSwept) {
        seed(now);
        if (ports.sinkIsLow().getAsBoolean()) {
            int idle = 0;
            while (idle < shards.size() && rate.take(now)) {
                HeldShard shard = shards.remove();
                shards.add(shard);
                if (mayBeSwept.test(shard) && ask(shard, now)) {
                    idle = 0;
                    batch++;
                } else {
                    idle++;
                    rate.giveBack();
                }
            }
        }
        tell(now);
    }

    /// Hands out all cursors that moved.
    void flush() {
        moved.forEach(shard -> ports.cursorMoved().accept(shard.cursor()));
        moved.clear();
    }

    /// Which part of the guilds is done in the present rounds, 0 to 1.
    double position() {
        long all = shards.stream().mapToLong(shard -> shard.guilds().size()).sum();
        return all == 0 ? 0 : (double) shards.stream().mapToLong(HeldShard::swept).sum() / all;
    }

    private boolean ask(HeldShard shard, long now) {
        if (!shard.mayAsk(now) || !requests.hasRoom(shard.id())) {
            return false;
        }
        GuildQueue.Waiting refused = shard.refused().firstReady(now);
        if (refused != null) {
            if (!ask(shard, refused.guild(), now)) {
                shard.refused().defer(refused, requests.earliest(refused.guild(), now));
                return false;
            }
            shard.refused().remove(refused.guild());
            return true;
        }
        if (shard.guilds().size() == 0 || !ask(shard, shard.next(), now)) {
            return false;
        }
        shard.passed();
        moved.add(shard);
        return true;
    }

    private boolean ask(HeldShard shard, long guild, long now) {
        if (requests.earliest(guild, now) - now > 0) {
            return false;
        }
        boolean sent = requests.ask(shard, guild, Reason.SWEEP, 0, now);
        if (!sent) {
            shard.pause(now + FreshGuilds.retry(random));
        }
        return sent;
    }

    /// Gives the shards the guilds that are known from an earlier life, once, when they may first be asked for: a session
    /// that is resumed does not say which guilds it has. All shards at once, since the counts are gone through each time.
    private void seed(long now) {
        if (unseeded.stream().noneMatch(shard -> shard.isSettled(now))) {
            return;
        }
        Map<Integer, HeldShard[]> byCount = new HashMap<>();
        for (HeldShard shard : unseeded) {
            byCount.computeIfAbsent(shard.id().count(), HeldShard[]::new)[shard.id().number()] = shard;
        }
        unseeded.clear();
        ports.counts().each(guild -> byCount.forEach((count, byNumber) -> {
            HeldShard shard = byNumber[(int) Long.remainderUnsigned(guild >>> 22, count)];
            if (shard != null) {
                shard.guilds().add(guild);
            }
        }));
    }

    private void tell(long now) {
        if (now - cursorsAt >= CURSOR_TIME) {
            cursorsAt = now;
            flush();
        }
        if (batch >= BATCH || (batch > 0 && now - batchSince >= BATCH_TIME)) {
            log.info("sweep batch dispatched requests={} in={} shards={} position={}", batch,
                    Duration.ofNanos(now - batchSince), shards.size(), Math.round(position() * 1_000) / 1_000.0);
            batch = 0;
        }
        if (batch == 0) {
            batchSince = now;
        }
    }
}
