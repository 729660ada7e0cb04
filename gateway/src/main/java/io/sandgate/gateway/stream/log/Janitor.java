package io.sandgate.gateway.stream.log;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Does what takes long on the disk beside the appender, one thing at a time. For one caller.
final class Janitor {

    /// Something to do on the disk.
    @FunctionalInterface
    interface Work {
        void run() throws IOException;
    }

    private final ExecutorService thread = Executors
            .newSingleThreadExecutor(Thread.ofPlatform().daemon().name("event-log-disk").factory());
    private @Nullable Future<?> running;

    /// Starts it, after what was started before has ended.
    ///
    /// @throws IOException by which the one before failed
    void run(Work work) throws IOException {
        await();
        running = thread.submit(() -> {
            work.run();
            return null;
        });
    }

    /// Notices what has failed meanwhile; does not wait.
    ///
    /// @throws IOException by which the last one failed
    void check() throws IOException {
        Future<?> last = running;
        if (last != null && last.isDone()) {
            await();
        }
    }

    /// Waits until nothing runs.
    void await() throws IOException {
        Future<?> last = running;
        running = null;
        if (last == null) {
            return;
        }
        try {
            last.get();
        } catch (ExecutionException e) {
            throw new IOException("event log on disk: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("event log on disk: interrupted");
        }
    }

    /// Ends it; what runs goes on for ten seconds at most.
    void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(10, TimeUnit.SECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
