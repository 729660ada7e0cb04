package io.sandgate.api;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Waits for what ends elsewhere, on a thread that may block.
final class Stages {

    private Stages() {}

    /// @throws TimeoutException when it has not ended by then; it goes on
    /// @throws IllegalStateException when it failed
    static void await(CompletionStage<?> stage, Duration deadline) throws TimeoutException {
        try {
            stage.toCompletableFuture().get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /// Waits for what never fails; does nothing more when it has not ended by then.
    static void awaitQuietly(CompletionStage<?> stage, Duration deadline) {
        stage.toCompletableFuture().copy().completeOnTimeout(null, deadline.toMillis(), TimeUnit.MILLISECONDS).join();
    }
}
