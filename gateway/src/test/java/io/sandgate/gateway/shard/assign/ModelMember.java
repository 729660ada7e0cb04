package io.sandgate.gateway.shard.assign;

import io.sandgate.gateway.shard.VirtualLoop;
import io.sandgate.gateway.shard.assign.Orders.Lease;
import io.sandgate.gateway.shard.protocol.ShardId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/// One life of a member that holds shards as its leases say: it acts while they are fresh, pauses when they are not, and gives
/// back or drops what it is told to.
final class ModelMember {
    private static final int GRACE = 4;

    /// A shard that is connected, or about to be.
    static final class Held {
        long epoch;
        long until;
        boolean live;

        boolean isFresh(long now) {
            return until - now > 0;
        }
    }

    /// What it says of itself.
    record Poll(String member, long life, long term, long number, long sentAt, List<Holding> holdings,
            List<Release> releases) {}

    private final String name;
    private final long life;
    private final long lease;
    private final LongSupplier clock;
    private final SplittableRandom random;
    private final VirtualLoop loop;
    private final Map<ShardId, Held> held = new LinkedHashMap<>();
    private final Map<ShardId, Release> releases = new LinkedHashMap<>();
    private long polls;
    private long answered;
    private int givenBack;
    private int lapses;

    ModelMember(String name, long life, Duration lease, LongSupplier clock, SplittableRandom random, VirtualLoop loop) {
        this.name = name;
        this.life = life;
        this.lease = lease.toNanos();
        this.clock = clock;
        this.random = random;
        this.loop = loop;
    }

    String name() {
        return name;
    }

    long life() {
        return life;
    }

    Map<ShardId, Held> held() {
        return held;
    }

    /// How many shards it has given back.
    int givenBack() {
        return givenBack;
    }

    /// How often a lease was renewed that had expired.
    int lapses() {
        return lapses;
    }

    long now() {
        return clock.getAsLong();
    }

    boolean actsFor(ShardId shard) {
        Held mine = held.get(shard);
        return mine != null && mine.isFresh(now());
    }

    Poll poll(long term) {
        held.values().removeIf(mine -> now() - mine.until > GRACE * lease);
        List<Holding> holdings = new ArrayList<>();
        held.forEach((id, mine) -> holdings.add(new Holding(id, mine.epoch, mine.isFresh(now()), mine.live)));
        return new Poll(name, life, term, ++polls, now(), holdings, List.copyOf(releases.values()));
    }

    void follow(Poll poll, Orders orders) {
        boolean latest = poll.number() > answered;
        answered = Math.max(answered, poll.number());
        poll.releases().forEach(release -> releases.remove(release.shard(), release));
        if (latest && orders.complete()) {
            Set<ShardId> kept = orders.leases().stream().map(Lease::shard).collect(Collectors.toSet());
            held.keySet().retainAll(kept);
        }
        orders.leases().forEach(each -> take(each, poll.sentAt() + lease - lease / 20, latest));
        if (latest) {
            orders.giveBack().forEach(id -> Optional.ofNullable(held.get(id)).ifPresent(mine -> close(id, mine)));
        }
    }

    private void take(Lease given, long until, boolean latest) {
        Held mine = held.get(given.shard());
        if (mine != null && mine.epoch <= given.epoch()) {
            lapses += mine.isFresh(now()) ? 0 : 1;
            mine.epoch = given.epoch();
            mine.until = Math.max(mine.until, until);
        } else if (mine == null && latest && !releases.containsKey(given.shard())) {
            Held fresh = new Held();
            fresh.epoch = given.epoch();
            fresh.until = until;
            held.put(given.shard(), fresh);
            loop.after(Duration.ofMillis(random.nextInt(800)), () -> fresh.live = true);
        }
    }

    private void close(ShardId id, Held mine) {
        loop.after(Duration.ofMillis(random.nextInt(300)), () -> {
            if (held.get(id) == mine) {
                held.remove(id);
                releases.put(id, new Release(id, mine.epoch, Optional.empty()));
                givenBack++;
            }
        });
    }
}
