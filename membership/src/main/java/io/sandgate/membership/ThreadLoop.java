package io.sandgate.membership;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A loop over a daemon thread of its own. Its users bound what they leave waiting.
final class ThreadLoop implements Loop {
    private static final Logger log = LoggerFactory.getLogger(ThreadLoop.class);

    private final String name;
    private final ScheduledThreadPoolExecutor executor;

    ThreadLoop(String name) {
        this.name = name;
        // What arrives after closing has nobody to tell.
        executor = new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name(name).factory(),
                new ThreadPoolExecutor.DiscardPolicy());
    }

    @Override
    public void run(Runnable task) {
        executor.execute(task);
    }

    @Override
    public void after(Duration delay, Runnable task) {
        var _ = executor.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// Drops what waits, interrupts the running task and waits for its end.
    void close(Duration deadline) {
        executor.shutdownNow();
        try {
            // From within a task this waits in vain, and only until its deadline.
            if (!executor.awaitTermination(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                log.info("loop.still_running name={}", name);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
