package io.sandgate.gateway.shard.backfill;

import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.gateway.shard.protocol.ShardId;
import io.sandgate.proxy.replicate.Loop;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The member lists of the guilds of all shards that this replica holds: it is told what their sessions see, and says which
/// list is asked for when.
///
/// New guilds of a session go first, of a few shards at a time ([StabiliseGate]); the sweep takes what is left
/// ([Sweep]). A shard's guilds are not asked for before the upstream's time for one guild has passed since the shard came
/// here, since its last owner may have asked for any of them just before. Without the intent for guild members there is
/// nothing to ask for, and no backfill. Confined to its loop; what is told of a shard that is not held is passed over.
public final class Backfill implements AutoCloseable {
    /// How often it looks at what nobody tells it: the sink, the time, the connections that took nothing.
    private static final Duration TICK = Duration.ofMillis(250);

    private final BackfillSettings settings;
    private final Loop loop;
    private final GuildCounts counts;
    private final BackfillMetrics metrics;
    private final GuildRequests requests;
    private final StabiliseGate gate;
    private final FreshGuilds fresh;
    private final Sweep sweep;
    private final Map<ShardId, HeldShard> shards = new LinkedHashMap<>();
    private Loop.@Nullable Timer timer;
    private boolean asked;
    private boolean closed;

    public Backfill(BackfillSettings settings, BackfillPorts ports, Loop loop, RandomGenerator random,
            MeterRegistry registry) {
        this.settings = settings;
        this.loop = loop;
        counts = ports.counts();
        metrics = new BackfillMetrics(registry);
        requests = new GuildRequests(settings, ports, metrics, random, loop.nanoTime());
        gate = new StabiliseGate(settings, metrics);
        fresh = new FreshGuilds(settings, ports, requests, metrics, random);
        sweep = new Sweep(settings, ports, requests, random, loop.nanoTime());
    }

    /// This replica holds a shard from now on.
    ///
    /// @param from how far the sweep has come with it, as its last owner left it
    public void held(SweepCursor from) {
        if (closed || shards.containsKey(from.shard())) {
            return;
        }
        long settledAt = loop.nanoTime() + settings.perGuild().plus(GuildPace.MARGIN).toNanos();
        HeldShard shard = new HeldShard(from, settledAt, settings.guildsPerShard());
        shards.put(shard.id(), shard);
        sweep.add(shard);
        soon();
    }

    /// This replica does not hold the shard any more; its cursor was handed out when this returns.
    public void released(ShardId id) {
        HeldShard shard = shards.get(id);
        if (shard != null) {
            disconnect(shard);
            sweep.remove(shard);
            shards.remove(id);
            soon();
        }
    }

    /// A shard's session is live: requests may be sent on that connection.
    ///
    /// @param attempt tells the shard's connections apart
    public void connected(ShardId id, long attempt) {
        HeldShard shard = shards.get(id);
        if (shard != null && !(shard.isConnected() && shard.attempt() == attempt)) {
            disconnect(shard);
            shard.connected(attempt);
            soon();
        }
    }

    /// A shard's connection is over; nothing when it has a newer one.
    public void disconnected(ShardId id, long attempt) {
        HeldShard shard = shards.get(id);
        if (shard != null && shard.attempt() == attempt) {
            disconnect(shard);
            soon();
        }
    }

    /// A session has a guild.
    ///
    /// @param memberCount as the upstream says
    /// @param isNew the guild is new to the session, which may have missed what happened in it: after an IDENTIFY, or when the bot
    ///        joined it. Otherwise the guild is only taken into the sweep; any event may tell of one
    public void guildSeen(ShardId id, long guild, long memberCount, boolean isNew) {
        HeldShard shard = shards.get(id);
        if (shard == null || guild <= 0) {
            return;
        }
        boolean hasRoom = shard.guilds().add(guild);
        if (isNew && hasRoom) {
            fresh.seen(shard, guild, memberCount, loop.nanoTime());
            soon();
        } else if (isNew) {
            metrics.skipped(BackfillMetrics.Skip.FULL);
        }
    }

    /// The bot is no longer in a guild; not for one that is only unavailable.
    public void guildGone(ShardId id, long guild) {
        HeldShard shard = shards.get(id);
        if (shard != null) {
            shard.guilds().remove(guild);
            shard.fresh().remove(guild);
            shard.refused().remove(guild);
            requests.forget(id, guild);
            counts.gone(guild);
            soon();
        }
    }

    /// So many members joined a guild, or left when negative.
    public void memberDelta(ShardId id, long guild, int delta) {
        HeldShard shard = shards.get(id);
        if (shard != null && guild > 0) {
            counts.changed(guild, delta);
            guildSeen(id, guild, 0, false);
        }
    }

    /// A part of a member list came.
    public void chunk(ShardId id, MemberChunk chunk) {
        if (requests.chunk(id, chunk, loop.nanoTime())) {
            soon();
        }
    }

    /// The upstream refused a request.
    ///
    /// @param nonce of the request; empty when it is not known
    public void rateLimited(ShardId id, long guild, String nonce, Duration retryAfter) {
        long now = loop.nanoTime();
        HeldShard shard = shards.get(id);
        if (shard == null) {
            return;
        }
        requests.rateLimited(id, guild, nonce, retryAfter, now).ifPresent(request -> {
            switch (request.reason()) {
                case FRESH -> fresh.refused(shard, request, now);
                case SWEEP -> shard.refused().put(guild, request.tries(), requests.earliest(guild, now));
            }
            soon();
        });
    }

    /// This replica's share of the sweep's rate: the part of the shards that it holds.
    public void share(double perSecond) {
        if (!(perSecond >= 0)) {
            throw new IllegalArgumentException("share of the sweep: " + perSecond + " (expected: 0 or more)");
        }
        sweep.share(perSecond, loop.nanoTime());
    }

    /// How far the sweep has come with a shard that is held.
    public Optional<SweepCursor> cursor(ShardId id) {
        return Optional.ofNullable(shards.get(id)).map(HeldShard::cursor);
    }

    /// How it was when it last looked.
    public BackfillView view() {
        return metrics.view();
    }

    /// Releases all shards.
    @Override
    public void close() {
        closed = true;
        for (ShardId id : shards.keySet().toArray(ShardId[]::new)) {
            released(id);
        }
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private void disconnect(HeldShard shard) {
        long now = loop.nanoTime();
        shard.disconnected();
        gate.leave(shard.id(), now);
        requests.forget(shard.id()).forEach(request -> unanswered(request, now));
    }

    private void unanswered(MemberRequest request, long now) {
        HeldShard shard = shards.get(request.shard());
        if (shard != null && request.reason() == MemberRequest.Reason.FRESH) {
            fresh.unanswered(shard, request, now);
        }
    }

    private void soon() {
        if (!asked && !closed) {
            asked = true;
            loop.execute(this::run);
        }
    }

    private void run() {
        asked = false;
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        if (closed) {
            return;
        }
        long now = loop.nanoTime();
        requests.expire(now).forEach(request -> unanswered(request, now));
        Collection<HeldShard> all = shards.values();
        all.stream().filter(shard -> fresh.isReady(shard, now)).forEach(shard -> gate.join(shard.id(), now));
        gate.turn(now, id -> fresh.isDrained(held(id)));
        gate.holders().forEach(id -> fresh.dispatch(held(id), now));
        sweep.dispatch(now, shard -> !gate.holds(shard.id()) && !fresh.isReady(shard, now));
        metrics.levels(new BackfillMetrics.Levels(requests.open(), gate.holders().size(), gate.waiting(),
                all.stream().mapToInt(shard -> shard.fresh().size()).sum()));
        metrics.position(sweep.position());
        if (!shards.isEmpty()) {
            Duration untilMax = gate.untilMax(now);
            timer = loop.after(untilMax.compareTo(TICK) < 0 ? untilMax : TICK, this::run);
        }
    }

    private HeldShard held(ShardId id) {
        return Objects.requireNonNull(shards.get(id), "a shard at the gate is held");
    }
}
