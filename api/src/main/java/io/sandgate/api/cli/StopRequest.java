package io.sandgate.api.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// The wish that this process stops, and its end.
///
/// A signal only makes the wish known. The main thread sees it, stops what it runs, and ends with its own exit code;
/// the signal's hook waits for that, but not longer than its bound. Without this a process that stopped cleanly after
/// SIGTERM would still end with code 143.
public final class StopRequest {

    private final CompletableFuture<Void> requested = new CompletableFuture<>();
    private final CountDownLatch finished = new CountDownLatch(1);
    private final AtomicInteger exitCode = new AtomicInteger(ExitCode.FAILED);
    private final Consumer<Thread> hooks;
    private final Runnable exit;

    /// @param hooks takes what runs when a signal ends the process
    /// @param exit begins the end of the process, so that its hooks run
    public StopRequest(Consumer<Thread> hooks, Runnable exit) {
        this.hooks = hooks;
        this.exit = exit;
    }

    /// Makes the wish known.
    void request() {
        requested.complete(null);
    }

    /// Waits for the wish.
    void await() {
        requested.join();
    }

    /// Does work that the wish interrupts.
    ///
    /// @return what it came to, or nothing when it was interrupted and has ended
    /// @throws RuntimeException of the work
    <T> Optional<T> unlessRequested(Supplier<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread worker = Thread.ofPlatform().name("start").start(() -> {
            try {
                result.complete(work.get());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        CompletableFuture.anyOf(requested, result.handle((value, failure) -> true)).join();
        boolean interrupted = !result.isDone();
        if (interrupted) {
            worker.interrupt();
        }
        try {
            return Optional.of(result.join());
        } catch (CompletionException e) {
            if (interrupted || requested.isDone()) {
                return Optional.empty();
            }
            throw e.getCause() instanceof RuntimeException failure ? failure : e;
        }
    }

    /// Waits for the wish, but not longer than given; says whether it is known.
    boolean await(Duration atMost) {
        try {
            requested.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /// Makes SIGTERM and Ctrl-C such wishes, and ends the process when the stop takes longer than given.
    void onSignals(Duration bound) {
        hooks.accept(new Thread(() -> {
            request();
            try {
                if (!finished.await(bound.toNanos(), TimeUnit.NANOSECONDS)) {
                    System.err.println("sandgate: not stopped within " + bound.toSeconds() + " s; ending now");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            Runtime.getRuntime().halt(exitCode.get());
        }, "stop-on-signal"));
    }

    /// Makes the end of the stream such a wish: its writer, the parent process, is gone.
    void onEndOf(InputStream stream) {
        Thread.ofPlatform().daemon().name("stop-with-parent").start(() -> {
            try {
                stream.transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                // A stream that cannot be read has ended as well.
            }
            request();
            exit.run();
        });
    }

    /// Ends with the given code, now that everything is stopped.
    public void finish(int code) {
        exitCode.set(code);
        finished.countDown();
    }
}
