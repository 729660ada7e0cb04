package io.sandgate.gateway.shard.pacing;

import io.sandgate.gateway.shard.protocol.ShardId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// The IDENTIFYs of each shard in the last 24 hours, and the bound on them, so that one shard that fails again and again
/// does not use up what all have. A new leader begins to count anew.
final class RecentStarts {
    private static final long PERIOD = Duration.ofHours(24).toNanos();
    private static final int MAX_SHARDS = 65_536;

    private final int most;
    /// Those that were asked for last are at the end.
    private final SequencedMap<ShardId, Deque<Long>> starts = new LinkedHashMap<>(16, 0.75f, true);

    RecentStarts(int most) {
        this.most = most;
    }

    void add(ShardId shard, long at) {
        Deque<Long> times = starts.computeIfAbsent(shard, added -> new ArrayDeque<>());
        times.add(at);
        if (times.size() > most) {
            times.remove();
        }
        if (starts.size() > MAX_SHARDS) {
            starts.pollFirstEntry();
        }
    }

    /// The last one was not sent after all.
    void takeBack(ShardId shard) {
        Deque<Long> times = starts.get(shard);
        if (times != null) {
            times.pollLast();
        }
    }

    /// Nanoseconds until a shard may start; zero when it may now.
    long wait(ShardId shard, long now) {
        Deque<Long> times = starts.get(shard);
        return times == null || times.size() < most ? 0 : Math.max(0, times.getFirst() + PERIOD - now);
    }
}
