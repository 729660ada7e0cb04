package io.sandgate.proxy.forward;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.proxy.route.AddressRanges;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteKey;
import io.sandgate.proxy.route.RouteStates;
import io.sandgate.proxy.route.RouteTable;
import io.sandgate.proxy.route.RouteVersion;
import io.sandgate.proxy.route.TrafficRules;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A data plane under test, on a free port, with a route table of its own and a lifecycle API that answers
/// 404, or echoes what comes over a WebSocket.
final class Rig implements AutoCloseable {

    /// Settings with short waits, so that tests of failures are quick; a test changes what it is about.
    static final class Draft {
        int connectAttempts = 3;
        Duration connectTimeout = Duration.ofSeconds(1);
        Duration upstreamIdleTimeout = Duration.ofMinutes(1);
        int maxConnectionsPerSandbox = 100;
        int maxConnections = 1_000;
        int maxIdle = 100;
        int maxTunnels = 100;
        ForwardedFields forwardedFields = ForwardedFields.NONE;
        Duration clientIdleTimeout = Duration.ofMinutes(1);
        Duration requestHeadTimeout = Duration.ofMinutes(1);
        int leastBodyRate = 100;
        Duration requestBodyWindow = Duration.ofMinutes(1);
        Duration wakeTimeout = Duration.ofSeconds(10);
        PortProtocols protocols = PortProtocols.PLAIN;

        ForwardSettings settings() {
            return new ForwardSettings("localhost", Duration.ofMillis(500), wakeTimeout,
                    new ForwardSettings.Clients(clientIdleTimeout, requestHeadTimeout, leastBodyRate, requestBodyWindow,
                            8_192, 16_384),
                    new ForwardSettings.Upstreams(connectAttempts, connectTimeout, Duration.ofMillis(10),
                            upstreamIdleTimeout, Duration.ofMillis(500), maxConnectionsPerSandbox, maxConnections, 10,
                            maxIdle, maxTunnels),
                    forwardedFields, protocols);
        }
    }

    final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    final RouteTable table = new RouteTable(RouteTable.Limits.DEFAULT, AddressRanges.of(List.of("127.64.0.0/10")),
            System::nanoTime);
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final AtomicInteger asked = new AtomicInteger();
    final Forwarder forwarder;
    final List<DataPlane> planes = new CopyOnWriteArrayList<>();
    private final AtomicLong versions = new AtomicLong();
    private volatile Function<String, CompletionStage<@Nullable Route>> peers = id -> CompletableFuture
            .completedFuture(null);
    private volatile Waker waker = Waker.NONE;
    private volatile int port;

    Rig() {
        this(draft -> {});
    }

    Rig(Consumer<Draft> change) {
        Draft draft = new Draft();
        change.accept(draft);
        ForwardSettings settings = draft.settings();
        HttpServer lifecycle = await(vertx.createHttpServer(Forwarder.serverOptions(settings))
                .requestHandler(this::relayed)
                .listen(0, "127.0.0.1"));
        forwarder = new Forwarder(vertx, settings, new RouteLookup() {
            @Override
            public @Nullable Route find(String id) {
                return table.find(id);
            }

            @Override
            public CompletionStage<@Nullable Route> ask(String id) {
                asked.incrementAndGet();
                return peers.apply(id);
            }
        }, paused -> waker.wake(paused), (id, token) -> token.equals("good for " + id),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), lifecycle.actualPort()), registry,
                System::nanoTime);
        table.onChange(forwarder::changed);
        await(vertx.deployVerticle(new VerticleBase() {
            @Override
            public Future<?> start() {
                DataPlane plane = forwarder.on(context);
                planes.add(plane);
                HttpServer server = vertx
                        .createHttpServer(Forwarder.serverOptions(settings).setSendBufferSize(16 * 1024))
                        .connectionHandler(plane::attach)
                        .requestHandler(Rig::answer);
                return server.listen(0, "127.0.0.1").onSuccess(listening -> port = listening.actualPort());
            }
        }));
    }

    private void relayed(HttpServerRequest request) {
        forwarder.ofRelays(Rig::answer).handle(request);
    }

    /// At once, or when the body is there; at `/ws` with a WebSocket that sends back what it gets. In the field `x-client` the
    /// address that it came from, where that is asked for.
    private static void answer(HttpServerRequest request) {
        if (request.headers().contains("x-ask-client")) {
            request.response().putHeader("x-client", request.remoteAddress().toString());
        }
        if ("/ws".equals(request.path()) && request.headers().contains("upgrade")) {
            request.toWebSocket().onSuccess(socket -> socket.textMessageHandler(socket::writeTextMessage));
            return;
        }
        Future<?> ready = "/whole-body".equals(request.path()) ? request.body() : Future.succeededFuture();
        ready.onSuccess(read -> request.response().setStatusCode(404).end("lifecycle"));
    }

    static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /// A client of the public listener.
    RawPeer client() throws IOException {
        return RawPeer.connect(port);
    }

    int port() {
        return port;
    }

    void peers(Function<String, CompletionStage<@Nullable Route>> answer) {
        peers = answer;
    }

    void waker(Waker wakes) {
        waker = wakes;
    }

    Route route(String id, String uid, String ip, String state) {
        return new Route(Route.DEFAULT_NAMESPACE, id, id, uid, "team", ip, state,
                RouteVersion.of(versions.incrementAndGet()), "r1", TrafficRules.OPEN, null);
    }

    /// Routes an id to a running sandbox.
    void run(String id, String uid, RawSandbox sandbox) {
        put(route(id, uid, sandbox.ip(), RouteStates.RUNNING));
    }

    void put(Route route) {
        if (!table.apply(route).isApplied()) {
            throw new AssertionError("not applied: " + route);
        }
    }

    void remove(String id) {
        table.delete(new RouteKey(Route.DEFAULT_NAMESPACE, id), RouteVersion.of(versions.incrementAndGet()), "r1");
    }

    /// The value of a counter or gauge, by the value of its only tag, or without one.
    double metric(String name, String... tags) {
        var search = registry.find(name).tags(tags);
        var counter = search.counter();
        if (counter != null) {
            return counter.count();
        }
        var gauge = search.gauge();
        return gauge == null ? Double.NaN : gauge.value();
    }

    @Override
    public void close() {
        await(vertx.close());
    }
}
