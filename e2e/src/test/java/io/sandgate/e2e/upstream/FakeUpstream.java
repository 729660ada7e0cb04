package io.sandgate.e2e.upstream;

import io.sandgate.e2e.upstream.Dispatch.Told;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/// A gateway on 127.0.0.1 that speaks the protocol of shards and is strict about it: REST and WebSockets on one free port, and
/// on another one the WebSockets that READY names for a RESUME.
///
/// All of it runs on one event loop of its own, whose clock is the one of all times that it tells. Its methods may be called
/// from any thread but that one; they wait until they are done.
public final class FakeUpstream implements AutoCloseable {
    private static final int MAX_MESSAGE = 1 << 20;
    private static final int CLOSE_SECONDS = 10;

    private final Vertx vertx;
    private final UpstreamLoop loop;
    private final UpstreamState state;
    private final FaultInjection injection;
    private final String address;
    private final int port;
    private final int resumePort;

    private FakeUpstream(UpstreamRules rules, String address) {
        this.address = address;
        vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        loop = new UpstreamLoop(vertx);
        state = new UpstreamState(vertx, rules);
        injection = new FaultInjection(state);
        try {
            loop.run(state::pulse);
            port = listen(server()).actualPort();
            resumePort = listen(server(new Door(state, true))).actualPort();
            loop.run(() -> state.resumeUrl("ws://127.0.0.1:" + resumePort));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /// Starts one.
    public static FakeUpstream start(UpstreamRules rules) {
        return new FakeUpstream(rules, "127.0.0.1");
    }

    /// Starts one that answers at all addresses of this machine. The only one that it names is 127.0.0.1 still.
    public static FakeUpstream startEverywhere(UpstreamRules rules) {
        return new FakeUpstream(rules, "0.0.0.0");
    }

    private HttpServer server() {
        Door door = new Door(state, false);
        HttpServer server = vertx.createHttpServer(options());
        return server.requestHandler(request -> {
            if (isUpgrade(request)) {
                door.enter(request);
            } else {
                new RestApi(state, "ws://127.0.0.1:" + server.actualPort()).answer(request);
            }
        });
    }

    private HttpServer server(Door door) {
        return vertx.createHttpServer(options()).requestHandler(request -> {
            if (isUpgrade(request)) {
                door.enter(request);
            } else {
                request.response().setStatusCode(404).end();
            }
        });
    }

    private static boolean isUpgrade(HttpServerRequest request) {
        return "websocket".equalsIgnoreCase(request.getHeader("Upgrade"));
    }

    private HttpServerOptions options() {
        return new HttpServerOptions().setHost(address).setPort(0).setMaxWebSocketFrameSize(MAX_MESSAGE)
                .setMaxWebSocketMessageSize(MAX_MESSAGE).setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false).setAcceptBacklog(4096);
    }

    private static HttpServer listen(HttpServer server) {
        try {
            return server.listen().await(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException("the upstream does not listen", e);
        }
    }

    /// The base of its REST paths, without a slash at the end.
    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /// The ports that it listens on.
    public List<Integer> ports() {
        return List.of(port, resumePort);
    }

    public UpstreamRules rules() {
        return loop.call(state::rules);
    }

    /// Changes the rules. What is told once keeps for those that it was told to: the interval of an open connection. The count of
    /// starts begins anew when a value of it differs; a new token is a token that was never reset.
    public void rules(UpstreamRules rules) {
        loop.run(() -> state.rules(rules));
    }

    /// What it saw.
    public Observed seen() {
        return state.seen();
    }

    /// All sessions that there ever were.
    public List<SessionSeen> sessions() {
        return loop.call(() -> state.sessions().seen());
    }

    /// The sessions that did not end.
    public List<SessionSeen> liveSessions() {
        return sessions().stream().filter(SessionSeen::isLive).toList();
    }

    /// How many connections have a session of each shard; not in it are shards that have none.
    public Map<Shard, Integer> connectionsByShard() {
        Map<Shard, Integer> counts = new TreeMap<>(
                Comparator.comparingInt(Shard::count).thenComparingInt(Shard::number));
        for (SessionSeen session : liveSessions()) {
            session.connection().ifPresent(_ -> counts.merge(session.shard(), 1, Integer::sum));
        }
        return counts;
    }

    /// How many connections are open, those without a session too.
    public int openConnections() {
        return loop.call(() -> state.connections().size());
    }

    /// What a session was given.
    public SentEvents sent(String session) {
        return loop.call(() -> state.sessions().findAny(session).map(Session::sent).orElseThrow(
                () -> new IllegalArgumentException("session: " + session + " (expected: one that there was)")));
    }

    /// Gives an event to all sessions of a shard, those that can only be resumed too.
    ///
    /// @param data the event's `d`, as JSON
    /// @return how many sessions got it
    public int publish(Shard shard, String type, String data) {
        return publishWhere(shard::equals, type, data);
    }

    /// Gives an event to all sessions that have a guild, whatever their number of shards.
    public int publish(long guild, String type, String data) {
        return publishWhere(shard -> Shard.of(guild, shard.count()).equals(shard), type, data);
    }

    private int publishWhere(Predicate<Shard> shards, String type, String data) {
        return loop.call(() -> state.sessions().publish(shards, new Told(type, data), state.rules().replayDepth()));
    }

    /// Publishes steadily from now on: so many events in a second for each shard that has a session.
    public SteadyEvents publishSteadily(double perSecond) {
        SteadyEvents events = new SteadyEvents(state, loop, perSecond);
        loop.run(events::tick);
        return events;
    }

    /// Does something to each connection whose session matches.
    ///
    /// @return to how many
    public int inject(Fault fault, Predicate<SessionSeen> which) {
        return injectWhere(fault, connection -> connection.session().map(Session::seen).filter(which).isPresent());
    }

    /// Does something to each connection of a shard.
    ///
    /// @return to how many
    public int inject(Fault fault, Shard shard) {
        return inject(fault, session -> session.shard().equals(shard));
    }

    /// Does something to each connection, those without a session too.
    ///
    /// @return to how many
    public int inject(Fault fault) {
        return injectWhere(fault, _ -> true);
    }

    private int injectWhere(Fault fault, Predicate<Connection> which) {
        return loop.call(() -> {
            List<Connection> connections = state.connections().stream().filter(which).toList();
            connections.forEach(connection -> injection.inject(fault, connection));
            return connections.size();
        });
    }

    /// Turns a mode on until it is turned off.
    public void turnOn(Mode mode) {
        turnOn(mode, Integer.MAX_VALUE);
    }

    /// Turns a mode on for so many times.
    public void turnOn(Mode mode, int times) {
        loop.run(() -> state.modes().turn(mode, times));
    }

    public void turnOff(Mode mode) {
        turnOn(mode, 0);
    }

    /// Does all that a correct client survives, at random.
    public RandomFaults faultsAtRandom(long seed, double perSecond) {
        return faultsAtRandom(seed, perSecond, RandomFaults.SURVIVABLE, RandomFaults.SURVIVABLE_MODES);
    }

    /// Does some of these at random.
    public RandomFaults faultsAtRandom(long seed, double perSecond, List<Fault> faults, List<Mode> modes) {
        RandomFaults random = new RandomFaults(state, loop, seed, perSecond, faults, modes);
        loop.run(random::tick);
        return random;
    }

    /// Ends all connections, and the loop. What was seen stays readable; nothing else does.
    @Override
    public void close() {
        try {
            vertx.close().await(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException("the upstream does not end", e);
        }
    }
}
