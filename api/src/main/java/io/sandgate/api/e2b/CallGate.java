package io.sandgate.api.e2b;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/// Bounds how many calls are carried out at once, and how long a client waits for one.
///
/// A call that is over its deadline is answered and goes on: it keeps its place until it is really done, so that calls
/// that are stuck cannot pile up. Neither the deadline nor a client that went away cancels anything.
final class CallGate {
    private final Vertx vertx;
    private final int max;
    private final Duration deadline;
    private final AtomicInteger running = new AtomicInteger();
    private final Counter rejected;

    /// @param side whose calls these are, as a tag of the metrics
    CallGate(Vertx vertx, String side, int max, Duration deadline, MeterRegistry meters) {
        this.vertx = vertx;
        this.max = max;
        this.deadline = deadline;
        this.rejected = Counter.builder("sandgate.api.calls.rejected").tag("side", side)
                .description("calls refused because too many were running").register(meters);
        Gauge.builder("sandgate.api.calls", running, AtomicInteger::get).tag("side", side)
                .description("calls that are running").register(meters);
    }

    /// The same call within the bounds.
    ApiCall bounded(ApiCall call) {
        return request -> {
            if (running.incrementAndGet() > max) {
                running.decrementAndGet();
                rejected.increment();
                return Future.failedFuture(
                        ApiException.of(503, "This replica is running " + max + " calls already; try again soon"));
            }
            return answer(start(call, request));
        };
    }

    private Future<Reply> answer(Future<Reply> work) {
        Promise<Reply> answer = Promise.promise();
        long timer = vertx.setTimer(deadline.toMillis(),
                ignored -> answer.tryFail(ApiException.of(504, "The call was not done within " + deadline.toMillis()
                        + " ms. It goes on: look at the sandbox before trying again")));
        work.onComplete(result -> {
            running.decrementAndGet();
            vertx.cancelTimer(timer);
            if (result.succeeded()) {
                answer.tryComplete(result.result());
            } else {
                answer.tryFail(result.cause());
            }
        });
        return answer.future();
    }

    private static Future<Reply> start(ApiCall call, ApiRequest request) {
        try {
            return call.handle(request);
        } catch (RuntimeException | Error e) {
            return Future.failedFuture(e);
        }
    }
}
