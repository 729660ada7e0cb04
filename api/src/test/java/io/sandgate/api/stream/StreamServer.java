package io.sandgate.api.stream;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.api.http.Answers;
import io.sandgate.gateway.limit.ConnectionLimits;
import io.sandgate.gateway.limit.LimitSettings;
import io.sandgate.gateway.stream.serve.StreamSettings;
import io.sandgate.gateway.stream.serve.Subscribers;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.ext.web.Router;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// The call on a real server: for operators at `/events`, and for the team `team` with the key `k1` at `/public/events`.
final class StreamServer implements AutoCloseable {
    final ListLog log = new ListLog();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final Subscribers subscribers;
    /// As in a replica.
    final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    final Router router = Router.router(vertx);
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final int port;

    StreamServer(StreamSettings settings, LimitSettings limits) {
        subscribers = new Subscribers(vertx, log, "r1", settings, workers, meters);
        StreamApi api = new StreamApi(subscribers, new ConnectionLimits(limits, System::nanoTime, meters));
        Answers.forFailures(router);
        api.mount(router);
        router.get("/public/events").handler(context -> api.handle(context, "team", "k1"));
        port = vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1").await()
                .actualPort();
    }

    int port() {
        return port;
    }

    void append(int count) {
        for (int i = 0; i < count; i++) {
            log.append("a.b", "team", "{\"n\":" + i + "}");
        }
    }

    double ended(String reason) {
        Counter counter = meters.find("sandgate.events.ended").tag("reason", reason).counter();
        return counter == null ? -1 : counter.count();
    }

    @Override
    public void close() {
        vertx.close().await();
        workers.close();
    }
}
