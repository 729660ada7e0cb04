package io.sandgate.gateway.shard;

import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.gateway.shard.backfill.Backfill;
import io.sandgate.gateway.shard.backfill.BackfillPorts;
import io.sandgate.gateway.shard.backfill.BackfillSettings;
import io.sandgate.gateway.shard.backfill.BackfillView;
import io.sandgate.gateway.shard.backfill.SweepCursor;
import io.sandgate.gateway.shard.protocol.Payload;
import io.sandgate.gateway.shard.protocol.ShardId;
import io.sandgate.proxy.replicate.Loop;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// Tells the backfill what the sessions of this replica see.
///
/// Every GUILD_CREATE is of a guild that is new to its session: the upstream sends one for each guild after an IDENTIFY, and
/// later when the bot joins a guild, or one is available again. A RESUME replays only what comes after the last event that the
/// sink accepted, so that nobody can have asked for the guilds in it, but for those that an owner that broke down asked for
/// just before, which the backfill leaves alone for long enough. A session that was resumed here did not tell its other
/// guilds: each is known from its first event, or from its count when it was asked for here before.
///
/// Confined to the loop.
final class MemberBackfill implements SessionWatch {
    private final double perSecond;
    private final Function<ShardId, SweepCursor> cursors;
    private final Backfill backfill;
    /// The live connection of each shard that has one.
    private final Map<ShardId, Long> connections = new HashMap<>();
    /// Shards whose sessions were resumed, so that any event can be the first sign of a guild.
    private final Set<ShardId> resumed = new HashSet<>();
    private double share;

    /// @param cursors how far the sweep has come with a shard, as far as it is known here
    MemberBackfill(BackfillSettings settings, BackfillPorts ports, Function<ShardId, SweepCursor> cursors, Loop loop,
            RandomGenerator random, MeterRegistry registry) {
        this.perSecond = settings.sweepPerSecond();
        this.cursors = cursors;
        this.backfill = new Backfill(settings, ports, loop, random, registry);
    }

    @Override
    public void taken(ShardId shard) {
        resumed.add(shard);
        backfill.held(cursors.apply(shard));
    }

    @Override
    public void live(ShardId shard, long attempt) {
        connections.put(shard, attempt);
        backfill.connected(shard, attempt);
    }

    @Override
    public void begun(ShardId shard) {
        resumed.remove(shard);
    }

    @Override
    public void seen(ShardId shard, Payload event) {
        GuildSigns.of(event).or(() -> resumed.contains(shard) ? GuildSigns.mention(event) : Optional.empty())
                .ifPresent(sign -> tell(shard, sign));
    }

    private void tell(ShardId shard, GuildSign sign) {
        switch (sign) {
            case GuildSign.Present(long guild, long members) -> {
                if (isOf(shard, guild)) {
                    backfill.guildSeen(shard, guild, members, true);
                }
            }
            case GuildSign.Mentioned(long guild) -> {
                if (isOf(shard, guild)) {
                    backfill.guildSeen(shard, guild, 0, false);
                }
            }
            case GuildSign.Moved(long guild, int delta) -> {
                if (isOf(shard, guild)) {
                    backfill.memberDelta(shard, guild, delta);
                }
            }
            case GuildSign.Gone(long guild) -> backfill.guildGone(shard, guild);
            case GuildSign.Chunk(var chunk) -> backfill.chunk(shard, chunk);
            case GuildSign.Refused refused ->
                backfill.rateLimited(shard, refused.guild(), refused.nonce(), refused.retryAfter());
        }
    }

    /// A message that was passed on from another guild names that one too.
    private static boolean isOf(ShardId shard, long guild) {
        return ShardId.ofGuild(guild, shard.count()).equals(shard);
    }

    @Override
    public void disconnected(ShardId shard) {
        Long attempt = connections.remove(shard);
        if (attempt != null) {
            backfill.disconnected(shard, attempt);
        }
    }

    @Override
    public void released(ShardId shard) {
        connections.remove(shard);
        resumed.remove(shard);
        backfill.released(shard);
    }

    /// How many of all shards this replica holds: its part of the sweep's rate.
    void share(int held, int total) {
        double part = total < 1 ? 0 : perSecond * Math.min(1.0, (double) held / total);
        if (part != share) {
            share = part;
            backfill.share(part);
        }
    }

    BackfillView view() {
        return backfill.view();
    }

    /// Releases all shards; their cursors were handed out when this returns.
    void close() {
        backfill.close();
    }
}
