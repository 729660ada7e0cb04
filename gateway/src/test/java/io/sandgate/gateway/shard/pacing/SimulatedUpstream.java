package io.sandgate.gateway.shard.pacing;

import io.sandgate.gateway.shard.protocol.SessionStartLimit;
import io.sandgate.gateway.shard.protocol.ShardId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// An upstream that forgives nothing: an IDENTIFY less than a window after another one of its key, or one more than there were
/// starts left, fails the test.
final class SimulatedUpstream {

    /// An IDENTIFY that came in.
    record Arrival(ShardId shard, String member, long at) {}

    private static final Duration WINDOW = Duration.ofSeconds(5);

    private final int keys;
    private final int total;
    private final Duration period;
    private final Map<Integer, Arrival> lastOfKey = new HashMap<>();
    private final List<Arrival> arrivals = new ArrayList<>();
    private int remaining;
    private long periodEnd;

    SimulatedUpstream(int keys, int total, int remaining, Duration period, long now) {
        this.keys = keys;
        this.total = total;
        this.remaining = remaining;
        this.period = period;
        periodEnd = now + period.toNanos();
    }

    void identify(ShardId shard, String member, long at) {
        renew(at);
        Arrival arrival = new Arrival(shard, member, at);
        Arrival before = lastOfKey.put(shard.rateLimitKey(keys), arrival);
        if (before != null && at - before.at() < WINDOW.toNanos()) {
            throw new AssertionError("too early: " + arrival + " after " + before);
        }
        if (remaining == 0) {
            throw new AssertionError("too many: " + arrival);
        }
        remaining--;
        arrivals.add(arrival);
    }

    SessionStartLimit limit(long now) {
        renew(now);
        return new SessionStartLimit(total, remaining, Duration.ofNanos(periodEnd - now), keys);
    }

    private void renew(long now) {
        while (now - periodEnd >= 0) {
            periodEnd += period.toNanos();
            remaining = total;
        }
    }

    /// All that came in, in order.
    List<Arrival> arrivals() {
        return arrivals;
    }

    /// The shards of one key, as their IDENTIFYs came in.
    List<ShardId> order(int key) {
        return arrivals.stream().map(Arrival::shard).filter(shard -> shard.rateLimitKey(keys) == key).toList();
    }
}
