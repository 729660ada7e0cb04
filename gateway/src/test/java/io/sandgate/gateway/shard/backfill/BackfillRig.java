package io.sandgate.gateway.shard.backfill;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.gateway.shard.VirtualLoop;
import io.sandgate.gateway.shard.protocol.ShardId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.LongConsumer;

/// A backfill whose requests are written down, with everything around it in the test's hand.
final class BackfillRig {
    static final ShardId SHARD = new ShardId(0, 8);

    /// One request as it was sent.
    ///
    /// @param at seconds since the rig began
    record Sent(ShardId shard, long attempt, long guild, String nonce, double at) {}

    /// Counts without a file.
    static final class Counts implements GuildCounts {
        final Map<Long, Long> known = new HashMap<>();

        @Override
        public OptionalLong known(long guild) {
            Long count = known.get(guild);
            return count == null ? OptionalLong.empty() : OptionalLong.of(count);
        }

        @Override
        public void learned(long guild, long count) {
            known.put(guild, count);
        }

        @Override
        public void changed(long guild, long delta) {
            known.computeIfPresent(guild, (_, count) -> count + delta);
        }

        @Override
        public void gone(long guild) {
            known.remove(guild);
        }

        @Override
        public void each(LongConsumer guild) {
            known.keySet().forEach(guild::accept);
        }
    }

    // below 0, as a monotonic clock may be
    private static final long BEGIN = -Duration.ofSeconds(70).toNanos();

    final VirtualLoop loop = new VirtualLoop(BEGIN);
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final Counts counts = new Counts();
    final List<Sent> sent = new ArrayList<>();
    final List<SweepCursor> cursors = new ArrayList<>();
    final Backfill backfill;
    boolean sinkIsLow = true;
    boolean takes = true;

    BackfillRig(BackfillSettings settings) {
        var ports = new BackfillPorts(this::send, counts, () -> sinkIsLow, cursors::add);
        backfill = new Backfill(settings, ports, loop, new Random(7), registry);
    }

    /// The defaults without the sweep.
    static BackfillSettings freshOnly() {
        return settings(4, 0, 0);
    }

    static BackfillSettings settings(int concurrency, double divergence, double sweepPerSecond) {
        var base = BackfillSettings.DEFAULT;
        return new BackfillSettings(concurrency, base.min(), base.max(), divergence, base.perGuild(),
                base.requestTimeout(), sweepPerSecond, base.guildsPerShard(), base.openPerShard(), base.pacedGuilds());
    }

    private boolean send(ShardId shard, long attempt, long guild, String nonce) {
        if (takes) {
            sent.add(new Sent(shard, attempt, guild, nonce, now()));
        }
        return takes;
    }

    double now() {
        return (loop.nanoTime() - BEGIN) / 1e9;
    }

    void run(double seconds) {
        loop.run(Duration.ofNanos(Math.round(seconds * 1e9)));
    }

    /// A shard that was held so long ago that its guilds may be asked for, and is connected.
    void live(ShardId shard) {
        backfill.held(SweepCursor.start(shard));
        run(31);
        backfill.connected(shard, 1);
    }

    /// A guild of a shard of eight.
    static long guild(int shard, long number) {
        return (number * 8 + shard) << 22;
    }

    void fresh(ShardId shard, long guild) {
        backfill.guildSeen(shard, guild, 10, true);
    }

    /// Answers a request with one chunk.
    void answer(Sent request, int members) {
        backfill.chunk(request.shard(), new MemberChunk(request.guild(), request.nonce(), 0, 1, members));
    }

    List<Long> guildsSent() {
        return sent.stream().map(Sent::guild).toList();
    }

    double count(String name, String tag, String value) {
        return registry.get(name).tag(tag, value).counter().count();
    }

    double gauge(String name) {
        return registry.get(name).gauge().value();
    }

    long held(String reason) {
        return registry.get("sandgate.shards.backfill.held").tag("reason", reason).timer().count();
    }
}
