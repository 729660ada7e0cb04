package io.sandgate.api.e2b;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/// Runs what blocks away from the event loop, and completes on the context that asked for it.
///
/// @param vertx knows the context
/// @param executor one virtual thread for each call
record Workers(Vertx vertx, Executor executor) {

    <T> Future<T> run(Supplier<T> blocking) {
        Context context = vertx.getOrCreateContext();
        Promise<T> result = Promise.promise();
        try {
            executor.execute(() -> {
                try {
                    T value = blocking.get();
                    context.runOnContext(ignored -> result.complete(value));
                } catch (RuntimeException | Error e) {
                    context.runOnContext(ignored -> result.fail(e));
                }
            });
        } catch (RejectedExecutionException e) {
            return Future.failedFuture(ApiException.of(503, "This replica is stopping; ask another one"));
        }
        return result.future();
    }
}
