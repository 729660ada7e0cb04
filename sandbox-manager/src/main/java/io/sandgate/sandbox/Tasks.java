package io.sandgate.sandbox;

import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is done for sandboxes on virtual threads of its own.
final class Tasks {

    private static final Logger log = LoggerFactory.getLogger(Tasks.class);
    private static final int WINDOW = 64;

    private Tasks() {}

    static void start(Runnable task) {
        Thread.ofVirtual().name("sandbox-transition").start(task);
    }

    /// Runs tasks side by side, a bounded number at a time, and returns when all have ended.
    static void allOf(List<Runnable> tasks) {
        Semaphore window = new Semaphore(WINDOW);
        for (Runnable task : tasks) {
            window.acquireUninterruptibly();
            start(() -> {
                try {
                    quietly(task);
                } finally {
                    window.release();
                }
            });
        }
        window.acquireUninterruptibly(WINDOW);
    }

    /// Runs two tasks side by side, and returns when both have ended.
    ///
    /// @throws RuntimeException what the first failed with, or else the second
    static void both(Runnable first, Runnable second) {
        Semaphore ended = new Semaphore(0);
        AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
        start(() -> {
            try {
                second.run();
            } catch (RuntimeException e) {
                failure.set(e);
            } finally {
                ended.release();
            }
        });
        try {
            first.run();
        } finally {
            ended.acquireUninterruptibly();
        }
        RuntimeException failed = failure.get();
        if (failed != null) {
            throw failed;
        }
    }

    /// Runs a task whose failure its sandbox shows.
    static void quietly(Runnable task) {
        try {
            task.run();
        } catch (SandboxException e) {
            log.debug("sandbox.step-failed reason={}", e.getMessage());
        }
    }
}
