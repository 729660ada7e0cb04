package io.sandgate.proxy.forward;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.EventLoop;
import io.sandgate.proxy.forward.LifePool.Life;
import io.sandgate.proxy.http1.FieldLines;
import io.sandgate.proxy.http1.RequestHead;
import io.sandgate.proxy.http1.ResponseHead;
import io.sandgate.proxy.http2.StreamScratch;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteChange;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.ContextInternal;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The data plane of a replica: one [DataPlane] for each event loop that serves the public listener, and the limits that
/// hold over all of them. May be used from any thread.
public final class Forwarder {

    private static final int MAX_ANSWER_HEAD = 64 * 1024;
    /// What heads may have more on their way out than they had on their way in.
    private static final int ADDED = 1024;

    private final Vertx vertx;
    private final ForwardSettings settings;
    private final SocketAddress lifecycle;
    private final RouteLookup lookup;
    private final Waker waker;
    private final TrafficTokens tokens;
    private final LongSupplier nanoTime;
    private final Addressing addressing;
    private final ConnectionBudget budget;
    private final ForwardMetrics metrics;
    private final RelayedClients relayed = new RelayedClients();
    private final AtomicBoolean draining = new AtomicBoolean();
    private final List<DataPlane> planes = new CopyOnWriteArrayList<>();

    /// @param lifecycle where the lifecycle API is served without TLS, for requests to it that come over HTTP/2
    /// @param nanoTime monotonic nanoseconds
    public Forwarder(Vertx vertx, ForwardSettings settings, RouteLookup lookup, Waker waker, TrafficTokens tokens,
            SocketAddress lifecycle, MeterRegistry registry, LongSupplier nanoTime) {
        this.vertx = vertx;
        this.settings = settings;
        this.lookup = lookup;
        this.waker = waker;
        this.tokens = tokens;
        this.lifecycle = lifecycle;
        this.nanoTime = nanoTime;
        this.addressing = new Addressing(settings.domain());
        this.budget = new ConnectionBudget(settings);
        this.metrics = new ForwardMetrics(registry, budget);
    }

    /// The data plane for one event loop. To be called once for each context that serves the public listener.
    public DataPlane on(Context context) {
        EventLoop loop = ((ContextInternal) context).nettyEventLoop();
        StreamScratch scratch = new StreamScratch(
                new RequestHead(settings.clients().maxRequestLine() + ADDED,
                        settings.clients().maxRequestLine() + settings.clients().maxHeaderSize() + ADDED),
                new ResponseHead(MAX_ANSWER_HEAD + ADDED), new FieldLines());
        UpstreamPools pools = new UpstreamPools(vertx, loop, settings, budget, metrics, scratch, nanoTime);
        DataPlane plane = new DataPlane(
                new LoopResources(loop, settings, addressing, lookup, waker, tokens, pools, budget, metrics,
                        draining::get, nanoTime, requestHead(), new ResponseHead(MAX_ANSWER_HEAD), new FieldLines()),
                new LifecycleRelay.Server(Connector.bootstrap(vertx, loop), lifecycle, relayed), scratch);
        planes.add(plane);
        return plane;
    }

    /// What serves the lifecycle API at the address that was given for requests over HTTP/2: each request has the address of its
    /// client there, as over HTTP/1.1.
    public Handler<HttpServerRequest> ofRelays(Handler<HttpServerRequest> lifecycle) {
        return request -> {
            relayed.name(request.connection());
            lifecycle.handle(request);
        };
    }

    private RequestHead requestHead() {
        return new RequestHead(settings.clients().maxRequestLine(), settings.clients().maxHeaderSize());
    }

    /// Hears of a change of the route table: what is connected to a sandbox that is gone is cut off. Does not block.
    public void changed(RouteChange change) {
        cutOff(change.before(), change.after());
        cutOff(change.displaced(), change.after());
    }

    private void cutOff(@Nullable Route before, @Nullable Route after) {
        if (before == null || before.ip().isEmpty()
                || (after != null && after.uid().equals(before.uid()) && after.ip().equals(before.ip()))) {
            return;
        }
        Life gone = new Life(before.uid(), before.ip());
        for (DataPlane plane : planes) {
            plane.loop().eventLoop().execute(() -> plane.loop().pools().end(gone));
        }
    }

    /// How the servers of the public listener and of the lifecycle API must be set up; host, port and TLS are the caller's.
    public static HttpServerOptions serverOptions(ForwardSettings settings) {
        return new HttpServerOptions().setHttp2ClearTextEnabled(false).setHandle100ContinueAutomatically(false)
                .setCompressionSupported(false).setDecompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false).setPerFrameWebSocketCompressionSupported(false)
                .setMaxInitialLineLength(settings.clients().maxRequestLine())
                .setMaxHeaderSize(settings.clients().maxHeaderSize())
                .setTcpKeepAlive(true).setIdleTimeout(0);
    }

    /// From now on each client is told with its answer to go elsewhere with the next request.
    public void drain() {
        draining.set(true);
        planes.forEach(plane -> plane.loop().eventLoop().execute(plane::drain));
    }

    /// Ends the tunnels, those of WebSocket with status 1001.
    public void endTunnels() {
        planes.forEach(plane -> plane.loop().eventLoop().execute(plane::endTunnels));
    }

    /// Requests and tunnels in flight: what a draining replica waits for.
    public int inFlight() {
        return budget.inFlight();
    }

    /// Closes every connection to a sandbox, and so cuts off what is in flight.
    public void close() {
        for (DataPlane plane : planes) {
            plane.loop().eventLoop().execute(plane.loop().pools()::close);
        }
    }
}
