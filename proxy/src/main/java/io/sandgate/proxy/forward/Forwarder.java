package io.sandgate.proxy.forward;

import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.proxy.forward.LifePool.Life;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteChange;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The data plane of a replica: one [DataPlane] for each event loop that serves the public listener, and the limits that
/// hold over all of them. May be used from any thread.
public final class Forwarder {

    /// One read's worth, so that a body passes in few pieces.
    private static final int CHUNK_SIZE = 64 * 1024;
    private static final int MAX_ANSWER_FIELDS = 64 * 1024;
    private static final int MAX_ANSWER_LINE = 8 * 1024;

    private final Vertx vertx;
    private final ForwardSettings settings;
    private final RouteLookup lookup;
    private final LongSupplier nanoTime;
    private final Addressing addressing;
    private final ConnectionBudget budget;
    private final ForwardMetrics metrics;
    private final HttpClientAgent client;
    private final List<DataPlane> planes = new CopyOnWriteArrayList<>();

    /// @param nanoTime monotonic nanoseconds
    public Forwarder(Vertx vertx, ForwardSettings settings, RouteLookup lookup, MeterRegistry registry,
            LongSupplier nanoTime) {
        this.vertx = vertx;
        this.settings = settings;
        this.lookup = lookup;
        this.nanoTime = nanoTime;
        this.addressing = new Addressing(settings.domain());
        this.budget = new ConnectionBudget(settings);
        this.metrics = new ForwardMetrics(registry, budget);
        // its own pool stays empty: no timer has to look into it
        this.client = vertx.createHttpClient(clientOptions(), new PoolOptions().setCleanerPeriod(0));
    }

    /// The data plane for one event loop. To be called once for each context that serves the public listener.
    public DataPlane on(Context context) {
        UpstreamPools pools = new UpstreamPools(vertx, client, settings, budget, metrics, nanoTime);
        DataPlane plane = new DataPlane(addressing, lookup,
                new LoopResources(vertx, context, settings, pools, budget, metrics));
        planes.add(plane);
        return plane;
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
            plane.context().runOnContext(v -> plane.pools().end(gone));
        }
    }

    /// How the public listener's server must be set up; host, port and TLS are the caller's.
    public HttpServerOptions serverOptions() {
        return new HttpServerOptions().setHttp2ClearTextEnabled(false).setHandle100ContinueAutomatically(false)
                .setCompressionSupported(false).setDecompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false).setPerFrameWebSocketCompressionSupported(false)
                .setMaxInitialLineLength(settings.maxRequestLine()).setMaxHeaderSize(settings.maxHeaderSize())
                .setMaxChunkSize(CHUNK_SIZE).setTcpKeepAlive(true).setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setIdleTimeout(Math.toIntExact(settings.clientIdleTimeout().toMillis()));
    }

    private HttpClientOptions clientOptions() {
        return new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_1_1).setKeepAlive(true).setPipelining(false)
                .setDecompressionSupported(false).setMaxChunkSize(CHUNK_SIZE).setMaxHeaderSize(MAX_ANSWER_FIELDS)
                .setMaxInitialLineLength(MAX_ANSWER_LINE).setTcpKeepAlive(true).setIdleTimeout(0);
    }

    /// Requests and tunnels in flight: what a draining replica waits for.
    public int inFlight() {
        return budget.inFlight();
    }

    /// Closes every connection to a sandbox, and so cuts off what is in flight.
    public void close() {
        for (DataPlane plane : planes) {
            plane.context().runOnContext(v -> plane.pools().close());
        }
    }
}
