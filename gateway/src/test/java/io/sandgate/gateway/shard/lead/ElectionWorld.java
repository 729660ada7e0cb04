package io.sandgate.gateway.shard.lead;

import io.sandgate.gateway.shard.VirtualLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Replicas that elect a leader while messages are lost and late, replicas pause and restart, the network splits, and the
/// clocks run at speeds that differ by up to 2 %.
final class ElectionWorld {
    private static final Duration VOTE = Duration.ofMillis(1_500);
    private static final Duration TICK = Duration.ofMillis(250);
    private static final Duration FAULTS = Duration.ofSeconds(60);
    private static final Duration CALM = Duration.ofSeconds(15);

    private final class Node {
        private final String id;
        private final double speed;
        /// Of its time of day, in milliseconds.
        private final long skew;
        private long incarnation;
        private Election election;
        private long pausedUntil;
        private long lastTerm;

        Node(String id) {
            this.id = id;
            this.speed = 0.99 + random.nextDouble() * 0.02;
            this.skew = random.nextInt(1_000);
            this.election = start();
        }

        Election start() {
            incarnation++;
            return new Election(id, incarnation, VOTE, () -> loop.nanoTime() / 1_000_000 + skew, random.split(),
                    ids.size() == 1, clock());
        }

        long clock() {
            return (long) (loop.nanoTime() * speed);
        }

        /// A paused replica does what came meanwhile when it is awake again.
        void act(Runnable action) {
            long life = incarnation;
            Duration rest = Duration.ofNanos(Math.max(0, pausedUntil - loop.nanoTime()));
            loop.after(rest, () -> {
                if (incarnation == life) {
                    action.run();
                    check();
                }
            });
        }

        void tick() {
            act(() -> election.tick(ids, ids.size(), clock()).ifPresent(this::ask));
            loop.after(TICK, this::tick);
        }

        void ask(Ballot ballot) {
            for (Node other : nodes) {
                if (other != this) {
                    send(this, other, () -> {
                        Verdict verdict = other.election.vote(ballot, other.clock());
                        send(other, this, () -> election.verdict(other.id, ballot, verdict, clock()));
                    });
                }
            }
        }
    }

    private final SplittableRandom random;
    private final VirtualLoop loop;
    private final List<String> ids = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private Set<String> oneSide = Set.of();
    private boolean faulty = true;
    private int reigns;
    private @Nullable String problem;

    ElectionWorld(int seed) {
        random = new SplittableRandom(seed);
        loop = new VirtualLoop(1_000_000_000_000L);
        int size = 2 + random.nextInt(4);
        for (int i = 0; i < size; i++) {
            ids.add("r" + i);
        }
        ids.forEach(id -> nodes.add(new Node(id)));
    }

    void run() {
        nodes.forEach(node -> loop.after(Duration.ofMillis(random.nextInt(250)), node::tick));
        faults();
        loop.run(FAULTS);
        faulty = false;
        oneSide = Set.of();
        loop.run(CALM);
        if (nodes.stream().noneMatch(node -> node.election.reign(node.clock()).isPresent()) && problem == null) {
            problem = "nobody leads in the end";
        }
    }

    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    int reigns() {
        return reigns;
    }

    private void faults() {
        if (!faulty) {
            return;
        }
        Node node = nodes.get(random.nextInt(nodes.size()));
        switch (random.nextInt(5)) {
            case 0 -> node.pausedUntil = loop.nanoTime() + random.nextLong(6_000_000_000L);
            case 1 -> node.election = node.start();
            case 2 -> oneSide = Set.of();
            case 3 -> node.act(() -> node.election.resign(node.clock()).ifPresent(node::ask));
            default -> {
                Set<String> side = new HashSet<>();
                ids.stream().filter(id -> random.nextBoolean()).forEach(side::add);
                oneSide = side;
            }
        }
        loop.after(Duration.ofMillis(random.nextInt(4_000)), this::faults);
    }

    private void send(Node from, Node to, Runnable arrival) {
        boolean cut = oneSide.contains(from.id) != oneSide.contains(to.id);
        boolean lost = faulty && random.nextInt(10) == 0;
        if (cut || lost) {
            return;
        }
        long delay = faulty && random.nextInt(5) == 0 ? random.nextLong(3_000_000_000L) : random.nextLong(5_000_000L);
        loop.after(Duration.ofNanos(delay), () -> to.act(arrival));
    }

    private void check() {
        List<Node> renewing = nodes.stream().filter(node -> node.election.reign(node.clock()).isPresent()).toList();
        for (Node node : renewing) {
            Reign reign = node.election.reign(node.clock()).orElseThrow();
            if (reign.term() > node.lastTerm) {
                reigns++;
                node.lastTerm = reign.term();
                for (Node other : nodes) {
                    if (other != node && other.lastTerm >= reign.term()) {
                        fail("term " + reign.term() + " of " + node.id + " is not above that of " + other.id);
                    }
                }
            }
            if (reign.mayAssign() && renewing.size() > 1) {
                fail(node.id + " assigns while " + renewing.size() + " lead");
            }
        }
    }

    private void fail(String what) {
        if (problem == null) {
            problem = what + " at " + loop.nanoTime();
        }
    }
}
