package io.sandgate.gateway.shard.assign;

import io.sandgate.gateway.shard.assign.Orders.Lease;
import io.sandgate.gateway.shard.protocol.ShardId;
import io.sandgate.gateway.shard.record.SessionRecord;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A leader's [Assignments] with members that do at once as they are told, on a clock that a test sets.
final class Crew {
    static final AssignSettings SETTINGS = new AssignSettings(Duration.ofSeconds(3), Duration.ofMillis(500), 2,
            Duration.ofSeconds(5));
    static final long TERM = 7;
    static final int SHARDS = 24;

    final Assignments assignments;
    private final Map<String, Map<ShardId, Long>> held = new HashMap<>();
    private final Map<String, List<Release>> releases = new HashMap<>();
    boolean live = true;
    private long now;

    Crew(String... eligible) {
        assignments = new Assignments(SETTINGS, TERM, 0);
        assignments.plan(List.of(SHARDS), 0);
        assignments.eligible(List.of(eligible));
    }

    static ShardId shard(int number) {
        return new ShardId(number, SHARDS);
    }

    static SessionRecord session(int number, long epoch) {
        return new SessionRecord(shard(number), epoch, "somebody", "session-" + epoch,
                URI.create("wss://gateway.example"), 12,
                1, "none", 0, 0);
    }

    long now() {
        return now;
    }

    Crew at(long millis) {
        now = millis * 1_000_000;
        return this;
    }

    /// A poll as a test says it.
    Orders poll(String name, long life, List<Holding> holdings, List<Release> released) {
        assignments.poll(name, life, TERM, holdings, released, now);
        return assignments.orders(name, true, now);
    }

    Orders poll(String name, Holding... holdings) {
        return poll(name, 1, List.of(holdings), List.of());
    }

    /// Each member polls once and does as it is told.
    Crew round(String... names) {
        for (String name : names) {
            Map<ShardId, Long> mine = held.computeIfAbsent(name, any -> new TreeMap<>());
            List<Holding> holdings = new ArrayList<>();
            mine.forEach((id, epoch) -> holdings.add(new Holding(id, epoch, true, live)));
            List<Release> given = releases.getOrDefault(name, List.of());
            Orders orders = poll(name, 1, holdings, given);
            mine.clear();
            orders.leases().forEach(lease -> mine.put(lease.shard(), lease.epoch()));
            List<Release> next = new ArrayList<>();
            for (ShardId id : orders.giveBack()) {
                Long epoch = mine.remove(id);
                next.add(new Release(id, epoch == null ? 0 : epoch, Optional.of(session(id.number(), 1))));
            }
            releases.put(name, next);
        }
        return this;
    }

    /// Rounds until the reign has settled, 3 s after it began, and what was given away is held and live.
    Crew settle(String... names) {
        return at(2_900).round(names).at(3_000).round(names).round(names);
    }

    /// Rounds, half a second apart.
    Crew rounds(int count, String... names) {
        for (int i = 0; i < count; i++) {
            round(names);
            now += 500_000_000;
        }
        return this;
    }

    /// How many shards a member has.
    long count(String name) {
        return owners().stream().filter(name::equals).count();
    }

    /// By number.
    List<String> owners() {
        return assignments.standings(now).stream().map(standing -> standing.owner().orElse("")).toList();
    }

    ShardStanding standing(int number) {
        return assignments.standings(now).get(number);
    }

    static List<ShardId> shards(Orders orders) {
        return orders.leases().stream().map(Lease::shard).sorted(Comparator.naturalOrder()).toList();
    }
}
