package io.sandgate.gateway.shard.assign;

import io.sandgate.gateway.shard.assign.ModelMember.Poll;
import io.sandgate.gateway.shard.lead.Ballot;
import io.sandgate.gateway.shard.lead.Election;
import io.sandgate.gateway.shard.lead.Reign;
import io.sandgate.gateway.shard.lead.Verdict;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A replica of an [AssignWorld]: it takes part in elections, polls whoever leads, and leads when it reigns.
final class AssignNode {
    private static final Duration VOTE = AssignWorld.LEASE.dividedBy(2);
    private static final Duration TICK = VOTE.dividedBy(6);
    private static final Duration HOLD = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofMillis(900);

    final String id;
    private final AssignWorld world;
    private final double speed;
    private final long skew;
    private long life;
    private Election election;
    ModelMember member;
    long pausedUntil;
    boolean draining;
    int reigns;
    private long lastTerm;
    private @Nullable Assignments assignments;
    private final Map<String, Poll> parked = new HashMap<>();
    private final Set<String> everIneligible = new HashSet<>();
    private long pollsBegun;
    private long pollingTerm;

    AssignNode(AssignWorld world, String id) {
        this.world = world;
        this.id = id;
        this.speed = 0.99 + world.random.nextDouble() * 0.02;
        this.skew = world.random.nextInt(1_000);
        this.life = 1;
        this.election = election();
        this.member = member();
    }

    private Election election() {
        return new Election(id, life, VOTE, () -> world.loop.nanoTime() / 1_000_000 + skew, world.random.split(),
                world.ids.size() == 1, clock());
    }

    private ModelMember member() {
        return new ModelMember(id, life, AssignWorld.LEASE, this::clock, world.random.split(), world.loop);
    }

    long clock() {
        return (long) (world.loop.nanoTime() * speed);
    }

    void begin() {
        tick();
        pollLoop();
    }

    /// Begins a new life; the one before may be at it as long as its leases say.
    void restart() {
        world.formerLife(member);
        life++;
        election = election();
        member = member();
        assignments = null;
        parked.clear();
        pollingTerm = 0;
        poll();
    }

    void resign() {
        act(() -> election.resign(clock()).ifPresent(this::ask));
    }

    boolean leads() {
        return election.reign(clock()).isPresent();
    }

    /// A paused replica does what came meanwhile when it is awake again.
    void act(Runnable action) {
        long actor = life;
        Duration rest = Duration.ofNanos(Math.max(0, pausedUntil - world.loop.nanoTime()));
        world.loop.after(rest, () -> {
            if (life == actor) {
                action.run();
                world.check();
            }
        });
    }

    // --- the election

    private void tick() {
        act(() -> {
            election.tick(world.ids, world.ids.size(), clock()).ifPresent(this::ask);
            pump();
            if (election.leaderTerm(clock()).orElse(pollingTerm) != pollingTerm) {
                poll();
            }
        });
        world.loop.after(TICK, this::tick);
    }

    private void ask(Ballot ballot) {
        for (AssignNode other : world.nodes) {
            if (other != this) {
                world.sendBallot(this, other, () -> {
                    Verdict verdict = other.election.vote(ballot, other.clock());
                    world.sendBallot(other, this, () -> verdict(other.id, ballot, verdict));
                });
            }
        }
    }

    private void verdict(String voter, Ballot ballot, Verdict verdict) {
        boolean led = leads();
        election.verdict(voter, ballot, verdict, clock());
        if (!led && leads()) {
            election.tick(world.ids, world.ids.size(), clock()).ifPresent(this::ask);
        }
    }

    // --- the member

    private void pollLoop() {
        long begun = pollsBegun;
        world.loop.after(PATIENCE, () -> {
            if (pollsBegun == begun) {
                act(this::poll);
            }
            pollLoop();
        });
    }

    private void poll() {
        pollsBegun++;
        Optional<AssignNode> leader = election.leader(clock())
                .flatMap(name -> world.nodes.stream().filter(node -> node.id.equals(name)).findFirst());
        pollingTerm = election.leaderTerm(clock()).orElse(0);
        leader.ifPresent(to -> {
            Poll poll = member.poll(pollingTerm);
            world.sendPoll(this, to, () -> to.take(poll, this));
        });
    }

    private void follow(Poll poll, Orders orders) {
        if (poll.life() == life) {
            member.follow(poll, orders);
            poll();
        }
    }

    // --- the leader

    private Optional<Assignments> assignments() {
        Optional<Reign> reign = election.reign(clock());
        if (reign.isEmpty()) {
            assignments = null;
            return Optional.empty();
        }
        if (assignments == null || reign.get().term() != lastTerm) {
            lastTerm = reign.get().term();
            reigns++;
            assignments = new Assignments(world.settings, lastTerm, clock());
            assignments.plan(world.counts, clock());
            parked.clear();
            everIneligible.clear();
        }
        return Optional.of(assignments);
    }

    private boolean mayAssign() {
        return election.reign(clock()).orElseThrow().mayAssign();
    }

    private void take(Poll poll, AssignNode from) {
        Optional<Assignments> mine = assignments();
        if (mine.isEmpty()
                || !mine.get().poll(poll.member(), poll.life(), poll.term(), poll.holdings(), poll.releases(),
                        clock())) {
            return;
        }
        parked.put(from.id, poll);
        world.loop.after(HOLD, () -> act(() -> {
            if (poll.equals(parked.get(from.id))) {
                answer(from.id);
            }
        }));
        pump();
    }

    private void pump() {
        Optional<Assignments> mine = assignments();
        if (mine.isEmpty()) {
            return;
        }
        List<String> eligible = world.eligible(this);
        world.ids.stream().filter(other -> !eligible.contains(other)).forEach(everIneligible::add);
        mine.get().eligible(eligible);
        mine.get().decide(mayAssign(), clock());
        List.copyOf(parked.keySet()).stream().filter(mine.get()::hasNews).forEach(this::answer);
    }

    private void answer(String to) {
        Optional<Assignments> mine = assignments();
        Poll poll = parked.remove(to);
        if (mine.isEmpty() || poll == null) {
            return;
        }
        boolean mayAssign = mayAssign();
        List<ShardStanding> before = mayAssign ? List.of() : mine.get().standings(clock());
        Orders orders = mine.get().orders(to, mayAssign, clock());
        checkOrders(to, orders, mayAssign, before, mine.get());
        AssignNode asker = world.nodes.stream().filter(node -> node.id.equals(to)).findFirst().orElseThrow();
        world.sendPoll(this, asker, () -> asker.follow(poll, orders));
    }

    private void checkOrders(String to, Orders orders, boolean mayAssign, List<ShardStanding> before,
            Assignments mine) {
        int most = world.settings.movesPerMember() * (everIneligible.contains(to) ? 4 : 1);
        if (orders.giveBack().size() > most) {
            world.fail(to + " is to give back " + orders.giveBack().size());
        }
        if (!mayAssign) {
            world.half();
            if (orders.complete() || !orders.giveBack().isEmpty() || !mine.standings(clock()).equals(before)) {
                world.fail(id + " changes something with half of the votes");
            }
        }
    }
}
