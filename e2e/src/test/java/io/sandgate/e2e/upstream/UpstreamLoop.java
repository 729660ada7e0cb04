package io.sandgate.e2e.upstream;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/// The way of other threads to the loop of a fake upstream.
final class UpstreamLoop {
    private static final int DEADLINE_SECONDS = 30;

    private final Context context;

    UpstreamLoop(Vertx vertx) {
        context = vertx.getOrCreateContext();
    }

    /// Runs an action there, and waits for it. Must not be called on the loop.
    void run(Runnable action) {
        call(() -> {
            action.run();
            return true;
        });
    }

    /// Asks for something there, and waits for it. Must not be called on the loop.
    <T> T call(Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        context.runOnContext(_ -> {
            try {
                answer.complete(question.get());
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        try {
            return answer.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the upstream's loop: " + e, e);
        }
    }
}
