package io.sandgate.gateway.connection;

import io.sandgate.gateway.shard.VirtualLoop;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Replicas on virtual time, with a network between them that loses and delays, and the pull and the sweep that heal it.
final class SimCluster {
    static final Duration LEFT_AFTER = Duration.ofSeconds(1);
    static final Duration DEAD_AFTER = Duration.ofSeconds(4);
    private static final Duration PULL = Duration.ofSeconds(2);
    private static final Duration SWEEP = Duration.ofSeconds(1);

    final VirtualLoop loop = new VirtualLoop(1_000_000_000L);
    final Random random;
    final Map<String, SimReplica> replicas = new TreeMap<>();
    double loss;

    SimCluster(long seed, int size) {
        random = new Random(seed);
        for (int i = 0; i < size; i++) {
            String id = "r" + (char) ('a' + i);
            replicas.put(id, new SimReplica(this, id));
        }
        replicas.values().forEach(SimReplica::start);
        pullLater();
        sweepLater();
    }

    SimReplica at(int index) {
        return List.copyOf(replicas.values()).get(index);
    }

    Duration delay() {
        return Duration.ofMillis(1 + random.nextInt(30));
    }

    boolean isLost() {
        return random.nextDouble() < loss;
    }

    void push(SimReplica from, Route row) {
        for (SimReplica to : replicas.values()) {
            if (to != from && from.reaches(to) && !isLost()) {
                loop.after(delay(), () -> to.node.execute(() -> to.table.apply(row)));
            }
        }
    }

    private void pullLater() {
        loop.after(PULL, () -> {
            replicas.values()
                    .forEach(one -> replicas.values().stream().filter(other -> other != one && one.reaches(other))
                            .forEach(other -> pull(one, other)));
            pullLater();
        });
    }

    /// What a replica learns of a peer: of the peer's own routes all, of those of others what is newer. What it holds against
    /// them the peer is told.
    void pull(SimReplica to, SimReplica from) {
        Set<RouteKey> listed = new HashSet<>();
        for (Route route : List.copyOf(from.all())) {
            boolean isTruth = route.authority().equals(from.id);
            if (isTruth) {
                listed.add(route.key());
            }
            if (route.authority().equals(to.id) && !to.isStarting()) {
                continue;
            }
            if (!to.table.apply(route).isApplied()) {
                Route held = to.table.newest(route.key());
                if (held != null && (!held.authority().equals(route.authority()) || (!isTruth && held.isDead()))) {
                    from.table.apply(held);
                }
            }
        }
        for (Route route : List.copyOf(to.all())) {
            if (route.authority().equals(from.id) && !listed.contains(route.key()) && !from.isStarting()) {
                to.table.deleteIfUnchanged(route);
            }
        }
    }

    private void sweepLater() {
        loop.after(SWEEP, () -> {
            replicas.values().stream().filter(SimReplica::isUp).findFirst().ifPresent(this::sweep);
            sweepLater();
        });
    }

    private void sweep(SimReplica sweeper) {
        for (Route route : List.copyOf(sweeper.all())) {
            SimReplica owner = replicas.get(route.authority());
            if (owner != null && owner.awayFor().compareTo(DEAD_AFTER) > 0) {
                Route deletion = sweeper.table.takeAndDelete(route, sweeper.id);
                if (deletion != null) {
                    push(sweeper, deletion);
                }
            }
        }
    }

    /// Everybody is back, nothing is lost, and time passes.
    void calm() {
        loss = 0;
        replicas.values().forEach(SimReplica::comeBack);
        loop.run(Duration.ofSeconds(30));
    }

    /// The sockets that clients have open, by the replica.
    List<FakeSocket> openSockets() {
        List<FakeSocket> open = new ArrayList<>();
        replicas.values().forEach(replica -> replica.sockets.values().stream().filter(FakeSocket::isOpen)
                .forEach(open::add));
        return open;
    }

    @Nullable
    SimReplica replica(String id) {
        return replicas.get(id);
    }
}
