package io.sandgate.api;

import io.sandgate.api.settings.SettingsException;
import io.sandgate.membership.Endpoint;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.ServerSSLOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One bound address, served by one or more event loops.
///
/// It is bound first and given its handlers later: between the two, requests are answered 503. So a port that is taken
/// stops the start before anything else happens, and the address is known before it is announced.
final class Listener {
    /// Vert.x gives one free port to all that ask for the same negative one.
    private static final AtomicInteger anyPort = new AtomicInteger();

    private final HttpServerOptions options;
    private final String host;
    private final List<Loop> loops = new ArrayList<>();
    private final int asked;
    private int port;

    private Listener(HttpServerOptions options, String host, int port) {
        this.options = options;
        this.host = host;
        this.asked = port == 0 ? anyPort.decrementAndGet() : port;
    }

    /// Binds on `count` event loops.
    ///
    /// @param port 0 for any free one
    /// @param area of the settings `<area>.host` and `<area>.port`, which a failure names
    /// @throws SettingsException when the address cannot be bound
    static Listener bind(Vertx vertx, HttpServerOptions options, int count, String area, String host, int port) {
        Listener listener = new Listener(options, host, port);
        try {
            for (int i = 0; i < count; i++) {
                Loop loop = listener.new Loop();
                vertx.deployVerticle(loop).await();
                listener.loops.add(loop);
            }
        } catch (Exception e) {
            // Vert.x throws checked exceptions without saying so
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new SettingsException("sandgate." + area + ".port: cannot listen on " + host + ":" + port + ": "
                    + cause.getMessage() + " (stop what holds the port, or set sandgate." + area + ".host or sandgate."
                    + area + ".port to an address that is free)");
        }
        return listener;
    }

    Endpoint endpoint() {
        return new Endpoint(host, port);
    }

    /// Gives each event loop its handler.
    void serve(Function<Context, Handler<HttpServerRequest>> handlers) {
        serve(handlers, context -> connection -> {});
    }

    /// Gives each event loop its handlers.
    ///
    /// @param connections make what sees each connection before its first request
    void serve(Function<Context, Handler<HttpServerRequest>> handlers,
            Function<Context, Handler<HttpConnection>> connections) {
        loops.forEach(loop -> loop.handlers = new Handlers(connections.apply(loop.context()),
                handlers.apply(loop.context())));
    }

    /// Shows another certificate to the next connections.
    void show(ServerSSLOptions certificate) {
        loops.forEach(loop -> loop.show(certificate));
    }

    /// Stops accepting and waits for what is in flight, at most for the grace period.
    Future<Void> shutdown(Duration grace) {
        return Future.join(loops.stream().map(loop -> loop.shutdown(grace)).toList()).mapEmpty();
    }

    private record Handlers(Handler<HttpConnection> connections, Handler<HttpServerRequest> requests) {}

    private final class Loop extends VerticleBase {
        /// The connections that came before there were handlers, and have none that saw them first.
        private final Set<HttpConnection> early = new HashSet<>();
        private volatile @Nullable Handlers handlers;
        private @Nullable HttpServer server;

        @Override
        public Future<?> start() {
            HttpServer created = vertx.createHttpServer(options)
                    .connectionHandler(this::accepted).requestHandler(this::requested);
            server = created;
            return created.listen(asked, host).onSuccess(bound -> port = bound.actualPort());
        }

        private void accepted(HttpConnection connection) {
            Handlers present = handlers;
            if (present != null) {
                present.connections.handle(connection);
            } else {
                early.add(connection);
                connection.closeHandler(v -> early.remove(connection));
            }
        }

        private void requested(HttpServerRequest request) {
            Handlers present = handlers;
            if (present == null || early.contains(request.connection())) {
                unavailable(request);
            } else {
                present.requests.handle(request);
            }
        }

        Context context() {
            return context;
        }

        Future<Void> shutdown(Duration grace) {
            return server == null ? Future.succeededFuture() : server.shutdown(grace.toMillis(), TimeUnit.MILLISECONDS);
        }

        void show(ServerSSLOptions certificate) {
            HttpServer present = server;
            if (present != null) {
                var _ = present.updateSSLOptions(certificate);
            }
        }

        private static void unavailable(HttpServerRequest request) {
            request.response().setStatusCode(503).putHeader("retry-after", "1").putHeader("connection", "close")
                    .putHeader("content-type", "application/json; charset=utf-8")
                    .end("{\"code\":503,\"message\":\"this replica is starting; try again in a moment\"}");
        }
    }
}
