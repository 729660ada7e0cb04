package io.sandgate.gateway.shard.backfill;

import io.sandgate.gateway.shard.protocol.ShardId;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which shards of this process may ask for their new guilds: so many at a time, in the order in which they came.
///
/// A shard's life here: waits, holds, gone. A hold ends when the shard has drained, but not before the shortest time; at the
/// longest time, whatever is left; and when the shard is disconnected. A shard that still wants something waits in line again.
final class StabiliseGate {
    private static final Logger log = LoggerFactory.getLogger(StabiliseGate.class);

    /// Why a hold ended.
    enum Reason {
        /// Everything was asked for and answered, and the sink has taken it.
        DRAINED,
        /// It was held for the longest time.
        MAX,
        /// The shard was disconnected, or released.
        DISCONNECT
    }

    private final int concurrency;
    private final long min;
    private final long max;
    private final BackfillMetrics metrics;
    /// Both by shard, with the moment since when.
    private final Map<ShardId, Long> line = new LinkedHashMap<>();
    private final Map<ShardId, Long> holds = new LinkedHashMap<>();

    StabiliseGate(BackfillSettings settings, BackfillMetrics metrics) {
        concurrency = settings.concurrency();
        min = settings.min().toNanos();
        max = settings.max().toNanos();
        this.metrics = metrics;
    }

    /// Waits in line, from now on unless it does already; does nothing for one that holds.
    void join(ShardId shard, long now) {
        if (!holds.containsKey(shard)) {
            line.putIfAbsent(shard, now);
        }
    }

    /// Neither waits nor holds any more.
    void leave(ShardId shard, long now) {
        line.remove(shard);
        if (holds.containsKey(shard)) {
            release(shard, Reason.DISCONNECT, now);
        }
    }

    /// Ends the holds that are over, and lets the next ones in.
    void turn(long now, Predicate<ShardId> drained) {
        for (Map.Entry<ShardId, Long> hold : List.copyOf(holds.entrySet())) {
            long held = now - hold.getValue();
            if (held >= min && drained.test(hold.getKey())) {
                release(hold.getKey(), Reason.DRAINED, now);
            } else if (held >= max) {
                release(hold.getKey(), Reason.MAX, now);
            }
        }
        while (holds.size() < concurrency && !line.isEmpty()) {
            Map.Entry<ShardId, Long> first = line.entrySet().iterator().next();
            ShardId shard = first.getKey();
            Duration waited = Duration.ofNanos(now - first.getValue());
            line.remove(shard);
            holds.put(shard, now);
            metrics.waited(waited);
            log.info("stabilize semaphore acquired shard={} wait={} holding={} waiting={}", shard, waited, holds.size(),
                    line.size());
        }
    }

    boolean holds(ShardId shard) {
        return holds.containsKey(shard);
    }

    /// Those that hold, the first one first.
    List<ShardId> holders() {
        return List.copyOf(holds.keySet());
    }

    /// How long from now until a hold must end; a long time when there is none.
    Duration untilMax(long now) {
        long until = max;
        for (long since : holds.values()) {
            until = Math.min(until, since + max - now);
        }
        return Duration.ofNanos(Math.max(0, until));
    }

    int waiting() {
        return line.size();
    }

    private void release(ShardId shard, Reason reason, long now) {
        Long since = holds.remove(shard);
        if (since == null) {
            throw new IllegalStateException("shard " + shard + ": holds nothing (expected: released once)");
        }
        Duration held = Duration.ofNanos(now - since);
        metrics.held(reason, held);
        log.info("stabilize semaphore released shard={} held={} reason={}", shard, held,
                BackfillMetrics.tag(reason));
    }
}
