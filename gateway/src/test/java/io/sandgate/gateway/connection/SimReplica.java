package io.sandgate.gateway.connection;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.membership.Endpoint;
import io.sandgate.membership.Member;
import io.sandgate.membership.MemberState;
import io.sandgate.proxy.replicate.Loop;
import io.sandgate.proxy.route.AddressRanges;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteTable;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// One replica of a [SimCluster]: it can be paused, cut off, killed and started again.
final class SimReplica implements Owners {
    private static final Duration JOINING = Duration.ofMillis(200);
    private static final Duration FENCED = Duration.ofMillis(600);

    /// Whether it runs, and whether the others reach it.
    enum Status {
        UP, PAUSED, CUT_OFF, DOWN
    }

    /// The loop of one life of the replica: stops while it is paused, and for good when it dies.
    final class Node implements Loop {
        private final List<Runnable> backlog = new ArrayList<>();
        private boolean dead;

        @Override
        public void execute(Runnable action) {
            cluster.loop.execute(guarded(action));
        }

        @Override
        public Timer after(Duration delay, Runnable action) {
            return cluster.loop.after(delay, guarded(action));
        }

        @Override
        public long nanoTime() {
            return cluster.loop.nanoTime();
        }

        private Runnable guarded(Runnable action) {
            return () -> {
                if (dead) {
                    return;
                }
                if (status == Status.PAUSED) {
                    backlog.add(action);
                } else {
                    action.run();
                }
            };
        }

        void resume() {
            List<Runnable> due = List.copyOf(backlog);
            backlog.clear();
            due.forEach(this::execute);
        }
    }

    private final SimCluster cluster;
    final String id;
    final Map<String, FakeSocket> sockets = new HashMap<>();
    final List<Event> events = new ArrayList<>();
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    Node node = new Node();
    RouteTable table;
    Connections connections;
    private Status status = Status.UP;
    private long incarnation;
    private long awaySince;
    private long startedAt;
    private boolean trusted = true;

    SimReplica(SimCluster cluster, String id) {
        this.cluster = cluster;
        this.id = id;
        this.table = table();
        this.connections = connections();
    }

    private RouteTable table() {
        return new RouteTable(RouteTable.Limits.DEFAULT, AddressRanges.of(List.of("127.0.0.0/8")),
                cluster.loop::nanoTime);
    }

    private Connections connections() {
        Node life = node;
        return new Connections(ConnectionSettings.DEFAULT, new Connections.Environment(id, table, row -> {
            life.execute(() -> cluster.push(this, row));
            return CompletableFuture.completedStage(null);
        }, this::ask, this, this::send, life, event -> {
            events.add(event);
            return CompletableFuture.completedStage(new Cursor("e", events.size()));
        }, FakeReader.EMPTY, Runnable::run, () -> incarnation,
                () -> Instant.ofEpochSecond(1_800_000_000).plusNanos(cluster.loop.nanoTime()),
                cluster.random), meters);
    }

    List<Route> all() {
        List<Route> all = new ArrayList<>();
        table.routes().forEach(all::add);
        return all;
    }

    private CompletionStage<@Nullable Route> ask(String name) {
        cluster.replicas.values().stream().filter(this::reaches).map(peer -> peer.table.find(name))
                .filter(route -> route != null && !route.authority().equals(id)).findFirst().ifPresent(table::apply);
        return CompletableFuture.completedFuture(table.find(name));
    }

    private CompletionStage<List<PeerAnswer>> send(Member peer, List<PeerRequest> requests, Duration timeout) {
        CompletableFuture<List<PeerAnswer>> answer = new CompletableFuture<>();
        Runnable fails = () -> answer.completeExceptionally(new UncheckedIOException(new IOException("timed out")));
        SimReplica to = cluster.replicas.get(peer.id());
        node.after(timeout, fails);
        if (to == null || !reaches(to) || cluster.isLost()) {
            return answer;
        }
        List<PeerRequest> read = PeerJson.readRequests(PeerJson.requests(requests));
        cluster.loop.after(cluster.delay(), () -> to.node.execute(() -> {
            to.connections.answer(read, () -> !answer.isDone()).thenAccept(answers -> {
                List<PeerAnswer> done = PeerJson.readAnswers(PeerJson.answers(answers));
                if (!cluster.isLost() && reaches(to)) {
                    node.after(cluster.delay(), () -> answer.complete(done));
                }
            });
        }));
        return answer;
    }

    void start() {
        node.dead = true;
        node = new Node();
        status = Status.UP;
        incarnation++;
        startedAt = cluster.loop.nanoTime();
        table = table();
        events.clear();
        sockets.clear();
        meters = new SimpleMeterRegistry();
        connections = connections();
        trusted = true;
        cluster.replicas.values().stream().filter(this::reaches).forEach(peer -> cluster.pull(this, peer));
    }

    void kill() {
        away(Status.DOWN);
        status = Status.DOWN;
        node.dead = true;
        sockets.values().forEach(socket -> socket.closedWith = 1006);
    }

    void away(Status how) {
        if (status == Status.UP) {
            awaySince = cluster.loop.nanoTime();
            status = how;
            trusted = false;
        }
    }

    /// What it was away from it hears, and what it has to say of its own: after a while it trusts itself again.
    void comeBack() {
        Status before = status;
        if (before == Status.UP) {
            return;
        }
        if (before == Status.DOWN) {
            start();
            return;
        }
        status = Status.UP;
        node.resume();
        node.after(FENCED, () -> {
            if (status == Status.UP) {
                cluster.replicas.values().stream().filter(this::reaches).forEach(peer -> {
                    cluster.pull(this, peer);
                    cluster.pull(peer, this);
                });
                trusted = true;
                cluster.replicas.values().forEach(replica -> replica.connections.assertAnew());
            }
        });
    }

    boolean isUp() {
        return status == Status.UP && !isStarting() && trusted;
    }

    boolean isStarting() {
        return status == Status.UP && cluster.loop.nanoTime() - startedAt < JOINING.toNanos()
                && startedAt > 1_000_000_000L;
    }

    boolean serves() {
        return (status == Status.UP || status == Status.CUT_OFF) && !isStarting();
    }

    Duration awayFor() {
        return status == Status.UP ? Duration.ZERO : Duration.ofNanos(cluster.loop.nanoTime() - awaySince);
    }

    boolean reaches(SimReplica other) {
        return other != this && status == Status.UP && other.status == Status.UP;
    }

    @Override
    public Health health(String replica, long held) {
        SimReplica other = cluster.replicas.get(replica);
        if (other == null || !isSelfTrusted()) {
            return Health.SILENT;
        }
        if (other.status != Status.UP) {
            return other.awayFor().compareTo(SimCluster.LEFT_AFTER) > 0 ? Health.GONE : Health.SILENT;
        }
        if (other.isStarting()) {
            return other.incarnation > held ? Health.GONE : Health.SILENT;
        }
        return Health.ROUTABLE;
    }

    @Override
    public Optional<Member> member(String replica) {
        return Optional.ofNullable(cluster.replicas.get(replica)).filter(this::reaches).map(peer -> new Member(peer.id,
                peer.incarnation, new Endpoint("127.0.0.1", 1), new Endpoint("127.0.0.1", 2), MemberState.READY));
    }

    @Override
    public List<String> routable() {
        return cluster.replicas.values().stream().filter(this::reaches).map(peer -> peer.id).toList();
    }

    @Override
    public boolean isSelfTrusted() {
        return trusted && status == Status.UP;
    }

    /// Opens a socket here.
    FakeSocket connect(ClientKey key) {
        FakeSocket socket = new FakeSocket();
        sockets.put(socket.opened(connections.open(key, Set.of(), socket)).connectionId(), socket);
        return socket;
    }

    /// The client's end of a socket is gone: this replica notices when it runs.
    void closeLate(FakeSocket socket, Duration later) {
        if (!sockets.containsValue(socket)) {
            // it ended with an earlier life
            return;
        }
        Node life = node;
        life.after(later, () -> {
            if (socket.isOpen()) {
                socket.closedWith = 1000;
            }
            socket.held().closed();
        });
    }

    /// Who is connected and in which room, as its events tell it: subject to the connection. Fails when somebody leaves who
    /// never came.
    Map<String, String> told() {
        Map<String, String> present = new TreeMap<>();
        for (Event event : List.copyOf(events)) {
            String connection = new JsonObject(event.data()).getString("connection");
            if (!event.last()) {
                present.put(event.subject(), connection);
            } else if (!connection.equals(present.remove(event.subject()))) {
                throw new AssertionError(id + " says " + event + " of one who did not come");
            }
        }
        return present;
    }

    /// The same by its rows.
    Map<String, String> present() {
        Map<String, String> present = new LinkedHashMap<>();
        for (Route route : all()) {
            ClientRow row = ClientRow.of(route);
            if (row != null) {
                present.put("client/" + row.key().team() + "/" + row.key().client(), row.connection());
                row.rooms().forEach(room -> present.put(
                        "room/" + row.key().team() + "/" + room + "/" + row.key().client(), row.connection()));
            }
        }
        return new TreeMap<>(present);
    }
}
