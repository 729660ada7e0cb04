package io.sandgate.api.e2b;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.proxy.forward.Waker;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteTable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Resumes a paused sandbox on the replica where it lives, when a request came for it and its maker wants that: once for all
/// requests that come meanwhile. May be used from any thread.
final class TrafficWaker implements Waker {
    private static final Logger log = LoggerFactory.getLogger(TrafficWaker.class);
    /// The route of a sandbox that was resumed elsewhere comes a little before or after the answer.
    private static final Duration LOOK_EVERY = Duration.ofMillis(5);
    private static final int LOOKS = 400;

    private final Vertx vertx;
    private final RouteTable routes;
    private final Supplier<String> requestIds;
    private final ApiCall wake;
    private final Counter woken;
    private final Counter refused;
    private final Counter failed;
    /// By the sandbox's life.
    private final ConcurrentMap<String, CompletableFuture<Boolean>> underWay = new ConcurrentHashMap<>();

    /// @param wake the call that resumes it, here or elsewhere
    TrafficWaker(Vertx vertx, E2bServices services, ApiCall wake) {
        this.vertx = vertx;
        this.routes = services.routes();
        this.requestIds = services.requestIds();
        this.wake = wake;
        this.woken = counter(services.meters(), "woken");
        this.refused = counter(services.meters(), "refused");
        this.failed = counter(services.meters(), "failed");
    }

    private static Counter counter(MeterRegistry meters, String outcome) {
        return Counter.builder("sandgate.api.wakes")
                .description("paused sandboxes that requests came for, by what became of that")
                .tag("outcome", outcome).register(meters);
    }

    @Override
    public CompletionStage<Boolean> wake(Route paused) {
        if (!paused.traffic().wakes()) {
            return CompletableFuture.completedFuture(false);
        }
        CompletableFuture<Boolean> mine = new CompletableFuture<>();
        CompletableFuture<Boolean> other = underWay.putIfAbsent(paused.uid(), mine);
        if (other != null) {
            return other;
        }
        vertx.getOrCreateContext().runOnContext(ignored -> resume(paused).onComplete(result -> {
            underWay.remove(paused.uid(), mine);
            if (result.succeeded()) {
                mine.complete(result.result());
            } else {
                mine.completeExceptionally(result.cause());
            }
        }));
        return mine;
    }

    private Future<Boolean> resume(Route paused) {
        ApiRequest request = new ApiRequest(paused.owner(), requestIds.get(), paused.id(),
                CommandParser.WAKE_UID + "=" + URLEncoder.encode(paused.uid(), StandardCharsets.UTF_8),
                Buffer.buffer());
        return Future.succeededFuture().compose(begun -> wake.handle(request)).compose(reply -> {
            if (reply.status() == 204) {
                log.info("sandbox.woken sandbox={} requestId={}", paused.id(), request.requestId());
                woken.increment();
                return untilItRuns(paused.id());
            }
            return Future.failedFuture(ApiException.of(reply.status(), reply.body().toString()));
        }).recover(error -> {
            if (error instanceof ApiException answer && answer.status() == 404) {
                refused.increment();
                return Future.succeededFuture(false);
            }
            failed.increment();
            log.warn("sandbox.not_woken sandbox={} reason={} requestId={}", paused.id(), error.getMessage(),
                    request.requestId());
            return Future.failedFuture(error);
        });
    }

    private Future<Boolean> untilItRuns(String id) {
        Promise<Boolean> runs = Promise.promise();
        look(id, LOOKS, runs);
        return runs.future();
    }

    private void look(String id, int looks, Promise<Boolean> runs) {
        Route route = routes.find(id);
        if (looks == 0 || (route != null && route.isRunning())) {
            runs.complete(true);
        } else {
            vertx.setTimer(LOOK_EVERY.toMillis(), ignored -> look(id, looks - 1, runs));
        }
    }
}
