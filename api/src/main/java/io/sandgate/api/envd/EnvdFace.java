package io.sandgate.api.envd;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.api.envd.connect.ConnectServer;
import io.sandgate.api.envd.wire.LoopTimers;
import io.sandgate.api.envd.wire.MessageRoom;
import io.sandgate.api.envd.wire.Timers;
import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.RuntimeFace;
import io.sandgate.sandbox.runtime.SandboxRuntime;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The runtimes' HTTP face: one listener for each open sandbox, at port 49983 of its address, on one of a few event loops.
public final class EnvdFace implements RuntimeFace, AutoCloseable {

    /// Where clients of envd look for it.
    public static final int PORT = 49983;

    private static final Logger log = LoggerFactory.getLogger(EnvdFace.class);
    private static final int MAX_FIELDS = 32 * 1024;
    /// Room for the longest path there is, each byte of it percent-encoded.
    private static final int MAX_REQUEST_LINE = 16 * 1024;
    private static final int PIECE = 64 * 1024;
    /// Which part of the heap the long messages of all sandboxes may take.
    private static final int HEAP_SHARE = 8;

    private final Shared shared;
    private final Function<Context, Timers> timers;
    private final int port;
    private final HttpServerOptions options;
    private final List<Loop> loops = new ArrayList<>();
    private final AtomicInteger next = new AtomicInteger();
    private final Map<String, Listening> open = new ConcurrentHashMap<>();

    /// Deploys its event loops, and blocks until that is done.
    ///
    /// @param workers give each call a thread that may block: a virtual one
    /// @param clock says which signatures have expired
    /// @param random for the names of watchers; thread-safe
    /// @param loopCount event loops to spread the sandboxes over
    public EnvdFace(Vertx vertx, ExecutorService workers, EnvdLimits limits, InstantSource clock,
            RandomGenerator random, int loopCount, MeterRegistry meters) {
        this(vertx, workers, limits, clock, random, loopCount, LoopTimers::new, PORT);
        Gauge.builder("sandgate.runtime.calls", open.values(),
                all -> all.stream().mapToInt(listening -> listening.sandbox.calls()).sum())
                .description("Calls to the runtimes of sandboxes that are under way, streams among them")
                .register(meters);
    }

    /// @param port 0 for any free one
    EnvdFace(Vertx vertx, ExecutorService workers, EnvdLimits limits, InstantSource clock, RandomGenerator random,
            int loopCount, Function<Context, Timers> timers, int port) {
        this.shared = new Shared(workers, new ConnectServer(workers, limits.message(), limits.patience()),
                new Access(clock), new MessageRoom(Runtime.getRuntime().maxMemory() / HEAP_SHARE), random, limits);
        this.timers = timers;
        this.port = port;
        this.options = new HttpServerOptions().setIdleTimeout((int) limits.idle().toSeconds())
                .setIdleTimeoutUnit(TimeUnit.SECONDS).setMaxHeaderSize(MAX_FIELDS)
                .setMaxInitialLineLength(MAX_REQUEST_LINE).setMaxChunkSize(PIECE).setHttp2ClearTextEnabled(false);
        for (int i = 0; i < loopCount; i++) {
            Loop loop = new Loop();
            vertx.deployVerticle(loop).await();
            loops.add(loop);
        }
    }

    @Override
    public void open(SandboxRuntime runtime) {
        close(runtime.id());
        Loop loop = loops.get(Math.floorMod(next.getAndIncrement(), loops.size()));
        try {
            Listening listening = loop.listen(runtime).await();
            open.put(runtime.id(), listening);
            log.debug("envd.opened id={} address={} port={}", runtime.id(), runtime.address(),
                    listening.server.actualPort());
        } catch (Exception e) {
            // Vert.x throws checked exceptions without saying so
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new GuestException(GuestException.Code.UNAVAILABLE, "the runtime cannot listen on "
                    + runtime.address() + ":" + port + ": " + cause.getMessage(), cause);
        }
    }

    @Override
    public void close(String id) {
        Listening listening = open.remove(id);
        if (listening != null) {
            listening.close().await();
            log.debug("envd.closed id={}", id);
        }
    }

    /// Closes all sandboxes.
    @Override
    public void close() {
        List.copyOf(open.keySet()).forEach(this::close);
    }

    /// The port that an open sandbox listens on.
    int port(String id) {
        Listening listening = open.get(id);
        if (listening == null) {
            throw new IllegalStateException("sandbox " + id + " is not open");
        }
        return listening.server.actualPort();
    }

    private record Listening(HttpServer server, OpenSandbox sandbox, Context context) {

        Future<Void> close() {
            Promise<Void> closed = Promise.promise();
            context.runOnContext(v -> {
                sandbox.close();
                server.close().onComplete(closed);
            });
            return closed.future();
        }
    }

    private final class Loop extends VerticleBase {

        Future<Listening> listen(SandboxRuntime runtime) {
            Promise<Listening> listening = Promise.promise();
            context.runOnContext(v -> {
                OpenSandbox sandbox = new OpenSandbox(runtime, shared, context, timers.apply(context));
                HttpServer server = vertx.createHttpServer(options).connectionHandler(sandbox::connected)
                        .requestHandler(sandbox::requested);
                // Not the server that listening answers with: to close that one leaves this one with the context for good
                server.listen(port, runtime.address()).map(bound -> new Listening(server, sandbox, context))
                        .onComplete(listening);
            });
            return listening.future();
        }
    }
}
