package io.sandgate.proxy.simulation;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.membership.Endpoint;
import io.sandgate.membership.Member;
import io.sandgate.membership.MemberHealth;
import io.sandgate.membership.MemberState;
import io.sandgate.membership.RouteSummary;
import io.sandgate.membership.SweepVerdict;
import io.sandgate.proxy.replicate.DigestReconciler;
import io.sandgate.proxy.replicate.DigestWatch;
import io.sandgate.proxy.replicate.Digests;
import io.sandgate.proxy.replicate.Loop;
import io.sandgate.proxy.replicate.PeerSync;
import io.sandgate.proxy.replicate.PeerWatch;
import io.sandgate.proxy.replicate.ReconcileMetrics;
import io.sandgate.proxy.replicate.Reconciler;
import io.sandgate.proxy.replicate.Sweeper;
import io.sandgate.proxy.replicate.SyncBudget;
import io.sandgate.proxy.replicate.VirtualLoop;
import io.sandgate.proxy.replicate.Witnesses.Testimony;
import io.sandgate.proxy.route.AddressRanges;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteChange;
import io.sandgate.proxy.route.RouteTable;
import io.sandgate.proxy.route.RouteVersion;
import io.sandgate.proxy.route.TrafficRules;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// One process of a replica: the real replication, wired as in a real one, on a loop that can be paused and killed.
final class Node implements Loop {
    private static final AddressRanges ALLOWED = AddressRanges.of(List.of("127.64.0.0/10"));
    private static final Duration HEARTBEAT = Duration.ofSeconds(1);
    private static final SimpleMeterRegistry METERS = new SimpleMeterRegistry();

    private final World world;
    private final VirtualLoop loop;
    private final Network network;
    private final Disk disk;
    private final long incarnation;
    private final SplittableRandom random;
    private final RouteTable table;
    private final Digests digests;
    private final PeerSync sync;
    private final PeerWatch watch;
    private final DigestReconciler reconciler;
    private final DigestWatch differences;
    private final View view;
    private final Queue<Runnable> held = new ArrayDeque<>();
    private final Map<String, RouteVersion> seen = new TreeMap<>();
    private MemberState state = MemberState.JOINING;
    private boolean complete;
    private boolean paused;
    private boolean killed;
    private long counter;

    Node(World world, VirtualLoop loop, Network network, Disk disk, long incarnation, SplittableRandom random) {
        this.world = world;
        this.loop = loop;
        this.network = network;
        this.disk = disk;
        this.incarnation = incarnation;
        this.random = random;
        Duration fences = world.flaw() == Flaw.SHORT_FENCES ? Duration.ofSeconds(5) : Duration.ofMinutes(10);
        table = new RouteTable(new RouteTable.Limits(10_000, 10_000, fences), ALLOWED, this::nanoTime);
        table.onChange(this::changed);
        digests = new Digests(table);
        Fetch fetch = new Fetch(this, network);
        sync = new PeerSync(SyncBudget.DEFAULT, fetch, this, random, METERS);
        ReconcileMetrics metrics = new ReconcileMetrics(METERS);
        reconciler = new DigestReconciler(table, digests, fetch, fetch,
                (peer, routes) -> routes.forEach(route -> sync.tell(peer, route)), metrics);
        boolean compares = world.flaw() != Flaw.PUSH_ONLY;
        Reconciler own = compares ? reconciler : peer -> CompletableFuture.completedFuture(null);
        watch = new PeerWatch(disk.id(), sync, own, this);
        view = new View(disk.id(), this::nanoTime, watch, this::compareAnew);
        differences = new DigestWatch(disk.id(), digests, watch, reconciler, fetch, view::others, this, random,
                metrics);
        beat();
        after(Duration.ofSeconds(3), this::catchUp);
    }

    // ---- the loop

    @Override
    public void execute(Runnable action) {
        loop.execute(() -> run(action));
    }

    @Override
    public Timer after(Duration delay, Runnable action) {
        return loop.after(delay, () -> run(action));
    }

    @Override
    public long nanoTime() {
        return loop.nanoTime();
    }

    private void run(Runnable action) {
        if (killed) {
            return;
        }
        if (paused) {
            held.add(action);
        } else {
            action.run();
        }
    }

    void pause() {
        paused = true;
    }

    void resume() {
        paused = false;
        List<Runnable> late = new ArrayList<>(held);
        held.clear();
        late.forEach(this::execute);
    }

    void kill() {
        killed = true;
    }

    boolean isRunning() {
        return !paused && !killed;
    }

    boolean isReady() {
        return isRunning() && state == MemberState.READY;
    }

    // ---- what the others ask

    String id() {
        return disk.id();
    }

    RouteTable table() {
        return table;
    }

    Digests digests() {
        return digests;
    }

    List<Route> listed(String authority) {
        requireComplete(authority);
        List<Route> routes = new ArrayList<>();
        table.routes().forEach(route -> {
            if (route.authority().equals(authority)) {
                routes.add(route);
            }
        });
        return routes;
    }

    void requireComplete(String authority) {
        if (authority.equals(id()) && !complete) {
            throw new IllegalStateException("503");
        }
    }

    void missedChangesOf(String sender) {
        watch.fetchFrom(sender);
    }

    // ---- the membership

    private Member self() {
        return new Member(id(), incarnation, new Endpoint(id(), 1), new Endpoint(id(), 2), state);
    }

    private void beat() {
        Member me = self();
        RouteSummary summary = digests.summary(id());
        for (String other : world.ids()) {
            if (!other.equals(id())) {
                network.tell(this, other, there -> there.hear(me, summary));
            }
        }
        view.tick();
        after(HEARTBEAT, this::beat);
    }

    private void hear(Member member, RouteSummary summary) {
        view.heard(member);
        if (member.state() == MemberState.READY && world.flaw() != Flaw.PUSH_ONLY) {
            differences.heard(member, summary);
        }
    }

    void closed(String id, long of) {
        execute(() -> view.closed(id, of));
    }

    long incarnation() {
        return incarnation;
    }

    private void compareAnew() {
        view.others().forEach(member -> watch.fetchFrom(member.id()));
        watch.caughtUp().thenRun(view::reconciled);
    }

    // ---- the life of a replica

    private void catchUp() {
        watch.caughtUp().thenRun(() -> fetchRest(0));
    }

    private void fetchRest(int attempt) {
        List<Member> ready = view.others().stream().filter(member -> member.state() == MemberState.READY).toList();
        if (ready.isEmpty() || attempt > 20 || world.flaw() == Flaw.PUSH_ONLY) {
            ready();
            return;
        }
        Member donor = ready.get(attempt % ready.size());
        reconciler.mergeAll(donor).whenComplete((done, error) -> execute(() -> {
            if (error == null) {
                ready();
            } else {
                after(Duration.ofSeconds(1), () -> fetchRest(attempt + 1));
            }
        }));
    }

    private void ready() {
        disk.departed().forEach(name -> {
            disk.forget(name);
            publish(name, "dead");
        });
        disk.sandboxes().forEach(name -> publish(name, disk.state(name)));
        table.routes().forEach(route -> {
            if (route.authority().equals(id()) && !disk.has(route.name())) {
                publish(route.name(), "dead");
            }
        });
        complete = true;
        state = MemberState.READY;
        if (world.flaw() != Flaw.PUSH_ONLY) {
            differences.start(Runnable::run);
        }
        if (world.flaw() != Flaw.NO_SWEEP) {
            sweeper().start();
        }
    }

    private Sweeper sweeper() {
        return new Sweeper(id(), table, digests, sync, new Sweeper.View() {
            @Override
            public SweepVerdict verdict() {
                return view.verdict(self());
            }

            @Override
            public boolean isDead(String authority) {
                return view.health(authority) == MemberHealth.DEAD;
            }

            @Override
            public CompletionStage<Testimony> look(String authority) {
                CompletableFuture<Testimony> testimony = new CompletableFuture<>();
                after(Duration.ofSeconds(1), () -> testimony.complete(seen(authority)));
                return testimony;
            }
        }, this, METERS);
    }

    /// What this node and the members that it reaches see of another one.
    private Testimony seen(String other) {
        List<String> members = view.others().stream().map(Member::id).filter(id -> !id.equals(other)).toList();
        List<String> answering = members.stream().filter(member -> network.connects(id(), member)).toList();
        if (network.connects(id(), other) || answering.stream().anyMatch(member -> network.connects(member, other))) {
            return Testimony.REACHED;
        }
        return members.isEmpty() || !answering.isEmpty() ? Testimony.NOT_REACHED : Testimony.UNKNOWN;
    }

    // ---- what users do

    void create(String name) {
        disk.put(name, "running");
        publish(name, "running");
    }

    void change(String name) {
        disk.put(name, random.nextBoolean() ? "paused" : "running");
        publish(name, disk.state(name));
    }

    void end(String name) {
        disk.forget(name);
        publish(name, "dead");
    }

    /// What an external feed says to this replica.
    void feed(Route route) {
        execute(() -> table.apply(route));
    }

    private void publish(String name, String state) {
        Route route = new Route(Route.DEFAULT_NAMESPACE, name, name, "u" + name, "", "127.77.0.1", state,
                next(name), id(), TrafficRules.OPEN, null);
        disk.announced(name, route.version());
        table.apply(route);
        sync.publish(route);
    }

    private RouteVersion next(String name) {
        return switch (world.flaw()) {
            case COUNTER_IN_MEMORY -> RouteVersion.of(++counter);
            case EPOCH_IS_INCARNATION -> RouteVersion.of(incarnation, ++counter);
            case WALL_CLOCK -> RouteVersion.of(Math.max(1, loop.millis() + 100_000 + world.skew(id())));
            default -> {
                RouteVersion next = table.nextVersion(World.key(name), id());
                RouteVersion known = disk.version(name);
                yield known == null || next.compareTo(known) > 0 ? next : known.next();
            }
        };
    }

    private void changed(RouteChange change) {
        Route before = change.before();
        Route after = change.after();
        if (after != null) {
            RouteVersion last = seen.put(after.namespace() + "/" + after.name(), after.version());
            if (last != null && after.version().epoch() < last.epoch()) {
                throw new AssertionError(id() + " went back from " + last + " to " + after);
            }
        }
        if (before != null && before.authority().equals(id()) && !change.authority().equals(id())
                && world.flaw() != Flaw.NO_REASSERTION) {
            execute(() -> {
                if (disk.has(before.name()) && complete) {
                    publish(before.name(), disk.state(before.name()));
                }
            });
        }
    }
}
