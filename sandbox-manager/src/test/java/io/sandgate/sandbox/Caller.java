package io.sandgate.sandbox;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import static org.awaitility.Awaitility.await;

/// One call, made on a thread of its own.
final class Caller<T> {

    private final CompletableFuture<T> result = new CompletableFuture<>();
    private final Thread thread;

    private Caller(Callable<T> call) {
        thread = Thread.ofVirtual().start(() -> {
            try {
                result.complete(call.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
    }

    static <T> Caller<T> of(Callable<T> call) {
        return new Caller<>(call);
    }

    static Caller<Boolean> of(Runnable call) {
        return new Caller<>(() -> {
            call.run();
            return true;
        });
    }

    /// Returns when the call waits for something.
    Caller<T> awaitBlocked() {
        await().pollInterval(Duration.ofMillis(2)).until(() -> thread.getState() == Thread.State.TIMED_WAITING);
        return this;
    }

    /// Lets the caller give up.
    Caller<T> interrupted() {
        awaitBlocked();
        thread.interrupt();
        return this;
    }

    boolean done() {
        return result.isDone();
    }

    T get() {
        try {
            return result.get(10, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new AssertionError(e);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }
}
