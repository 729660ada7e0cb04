package io.sandgate.gateway.shard.backfill;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.gateway.shard.VirtualLoop;
import io.sandgate.gateway.shard.protocol.ShardId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/// One seed's shards, replicas and upstream.
final class BackfillWorld {

    /// What happens in a world.
    enum Kind {
        /// Sessions identify and see new guilds; no sweep, no shard moves.
        FRESH,
        /// Sessions resume, shards move; only the sweep asks.
        SWEEP,
        /// All of it.
        BOTH
    }

    /// One request as the upstream saw it.
    record Seen(double at, ShardId shard, long guild) {}

    static final int CONCURRENCY = 2;
    static final Duration MAX_HOLD = Duration.ofSeconds(20);
    private static final int SHARDS = 8;
    private static final double RATE = 6;
    private static final int BUSY_SECONDS = 600;
    private static final int QUIET_SECONDS = 600;
    private static final Duration PER_GUILD = Duration.ofSeconds(30);

    /// A shard in the world.
    private static final class Shard {
        final ShardId id;
        final List<Long> guilds = new ArrayList<>();
        /// The guilds that the sweep asked for in its present round.
        final Set<Long> round = new HashSet<>();
        SweepCursor cursor;
        int owner = -1;
        long attempt;
        boolean connected;
        int fullRounds;
        long last;

        Shard(ShardId id) {
            this.id = id;
            cursor = SweepCursor.start(id);
        }
    }

    final List<String> violations = new ArrayList<>();
    final List<Seen> requests = new ArrayList<>();
    private final VirtualLoop loop = new VirtualLoop(0);
    private final Random random;
    private final Kind kind;
    private final List<Backfill> replicas = new ArrayList<>();
    private final Map<ShardId, Shard> shards = new TreeMap<>();
    private final Map<Long, Double> askedAt = new HashMap<>();
    /// New guilds that were not asked for since a session told of them.
    private final Set<Long> cold = new HashSet<>();
    private final boolean drops;
    private boolean quiet;

    BackfillWorld(long seed, Kind kind) {
        random = new Random(seed);
        this.kind = kind;
        drops = random.nextBoolean();
        var settings = new BackfillSettings(CONCURRENCY, Duration.ofSeconds(1), MAX_HOLD, 0, PER_GUILD,
                Duration.ofSeconds(30), kind == Kind.FRESH ? 0 : RATE, 1_000, 8, 10_000);
        for (int replica = 0; replica < 2; replica++) {
            var ports = new BackfillPorts(this::send, new BackfillRig.Counts(), () -> quiet || random.nextInt(10) > 0,
                    cursor -> shard(cursor.shard()).cursor = cursor);
            replicas.add(new Backfill(settings, ports, loop, new Random(seed + replica), new SimpleMeterRegistry()));
        }
        for (int number = 0; number < SHARDS; number++) {
            Shard shard = new Shard(new ShardId(number, SHARDS));
            shards.put(shard.id, shard);
            for (int guilds = 1 + random.nextInt(40); guilds > 0; guilds--) {
                shard.guilds.add(BackfillRig.guild(number, guilds));
            }
            Collections.shuffle(shard.guilds, random);
            take(shard, random.nextInt(2));
        }
    }

    void run() {
        for (Shard shard : shards.values()) {
            later(random.nextDouble(20), () -> connect(shard, true));
            trouble(shard);
        }
        loop.run(Duration.ofSeconds(BUSY_SECONDS));
        quiet = true;
        loop.run(Duration.ofSeconds(QUIET_SECONDS));
    }

    double now() {
        return loop.nanoTime() / 1e9;
    }

    int ownerOf(String shard) {
        return shards.values().stream().filter(one -> one.id.toString().equals(shard)).findFirst().orElseThrow().owner;
    }

    /// New guilds that were never asked for.
    Set<Long> unasked() {
        return cold;
    }

    /// The fewest rounds that a shard has seen in full.
    int fullRounds() {
        return shards.values().stream().mapToInt(shard -> shard.fullRounds).min().orElseThrow();
    }

    /// The most requests within any time.
    long mostIn(double seconds) {
        int most = 0;
        int from = 0;
        for (int to = 0; to < requests.size(); to++) {
            while (requests.get(to).at() - requests.get(from).at() >= seconds) {
                from++;
            }
            most = Math.max(most, to - from + 1);
        }
        return most;
    }

    /// What the sweep may ask for within a time: the rate, a second's burst, and the one request that each replica may save up.
    long allowedIn(double seconds) {
        return Math.round(RATE * (seconds + 1)) + replicas.size();
    }

    private Shard shard(ShardId id) {
        return Objects.requireNonNull(shards.get(id));
    }

    private void later(double seconds, Runnable action) {
        loop.after(Duration.ofNanos(Math.round(seconds * 1e9)), action);
    }

    /// Something happens to a shard now and then, until it is quiet.
    private void trouble(Shard shard) {
        later(random.nextDouble(kind == Kind.SWEEP ? 120 : 90), () -> {
            if (quiet) {
                return;
            }
            int what = random.nextInt(4);
            if (shard.connected && kind != Kind.FRESH && what == 0) {
                move(shard);
            } else if (shard.connected && what <= 2) {
                disconnect(shard);
                boolean identify = random.nextBoolean();
                later(random.nextDouble(20), () -> connect(shard, identify));
            }
            trouble(shard);
        });
    }

    private void move(Shard shard) {
        disconnect(shard);
        replicas.get(shard.owner).released(shard.id);
        int next = random.nextInt(replicas.size());
        shard.owner = -1;
        boolean identify = random.nextBoolean();
        later(random.nextDouble(5), () -> {
            take(shard, next);
            later(random.nextDouble(10), () -> connect(shard, identify));
        });
    }

    private void take(Shard shard, int replica) {
        shard.owner = replica;
        replicas.get(replica).held(shard.cursor);
        for (int each = 0; each < replicas.size(); each++) {
            int self = each;
            long held = shards.values().stream().filter(one -> one.owner == self).count();
            replicas.get(each).share(RATE * held / SHARDS);
        }
    }

    private void connect(Shard shard, boolean identify) {
        if (shard.connected || shard.owner < 0) {
            return;
        }
        shard.connected = true;
        Backfill backfill = replicas.get(shard.owner);
        boolean isNew = identify && kind != Kind.SWEEP;
        backfill.connected(shard.id, ++shard.attempt);
        for (long guild : shard.guilds) {
            backfill.guildSeen(shard.id, guild, 10, isNew);
            if (isNew) {
                cold.add(guild);
            }
        }
    }

    private void disconnect(Shard shard) {
        shard.connected = false;
        replicas.get(shard.owner).disconnected(shard.id, shard.attempt);
    }

    private boolean send(ShardId id, long attempt, long guild, String nonce) {
        Shard shard = shard(id);
        if (!shard.connected || shard.attempt != attempt) {
            violations.add("shard " + id + ": sent on connection " + attempt);
        }
        if (!quiet && random.nextInt(8) == 0) {
            return false;
        }
        requests.add(new Seen(now(), id, guild));
        cold.remove(guild);
        Double last = askedAt.put(guild, now());
        if (last != null && now() - last < PER_GUILD.toSeconds()) {
            violations.add("guild " + guild + ": asked for again after " + (now() - last));
        }
        if (kind == Kind.SWEEP) {
            swept(shard, guild);
        }
        if (kind != Kind.SWEEP && random.nextInt(30) == 0) {
            // a replica that takes the shard over does not know of a longer one
            double retryAfter = random.nextDouble(kind == Kind.BOTH ? 30 : 60);
            askedAt.put(guild, now() + retryAfter - PER_GUILD.toSeconds());
            later(0, () -> to(shard, attempt, backfill -> backfill.rateLimited(id, guild, nonce,
                    Duration.ofNanos(Math.round(retryAfter * 1e9)))));
        } else {
            answer(shard, attempt, guild, nonce);
        }
        return true;
    }

    private void swept(Shard shard, long guild) {
        if (guild <= shard.last) {
            if (shard.round.size() == shard.guilds.size()) {
                shard.fullRounds++;
            } else {
                violations.add("shard " + shard.id + ": a round over " + shard.round.size() + " of "
                        + shard.guilds.size() + " guilds");
            }
            shard.round.clear();
        }
        shard.last = guild;
        if (!shard.round.add(guild)) {
            violations.add("guild " + guild + ": twice in a round");
        }
    }

    private void answer(Shard shard, long attempt, long guild, String nonce) {
        int chunks = 1 + random.nextInt(4);
        for (int chunk = 0; chunk < chunks; chunk++) {
            var part = new MemberChunk(guild, nonce, chunk, chunks, 10);
            if (!drops || random.nextInt(10) > 0) {
                later(random.nextDouble(5), () -> to(shard, attempt, backfill -> backfill.chunk(shard.id, part)));
            }
            if (random.nextInt(10) == 0) {
                later(random.nextDouble(40), () -> to(shard, attempt, backfill -> backfill.chunk(shard.id, part)));
            }
        }
    }

    /// What the upstream sends arrives when the connection still is.
    private void to(Shard shard, long attempt, Consumer<Backfill> event) {
        if (shard.connected && shard.attempt == attempt) {
            event.accept(replicas.get(shard.owner));
        }
    }
}
