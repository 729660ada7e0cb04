package io.sandgate.gateway.stream.log;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes sure that no later start goes on in an epoch on disk from which the log has gone on in memory only, and tries it
/// again when that failed: entries would be missing, and nobody would be told. For one thread; blocks.
final class Forgetting {
    private static final Logger log = LoggerFactory.getLogger(Forgetting.class);
    private static final long PAUSE = TimeUnit.SECONDS.toNanos(10);

    private final LogDirectory directory;
    private final LongSupplier nanoTime;
    private boolean due;
    private boolean failed;
    private long tried;

    Forgetting(LogDirectory directory, LongSupplier nanoTime) {
        this.directory = directory;
        this.nanoTime = nanoTime;
    }

    /// The log has left the disk.
    void begin() {
        due = true;
        failed = false;
        attempt();
    }

    /// The log is on disk again, in another epoch.
    void end() {
        due = false;
    }

    /// Tries again what failed, unless that was just now.
    void retry() {
        if (due && nanoTime.getAsLong() - tried >= PAUSE) {
            attempt();
        }
    }

    /// Tries again what failed.
    void retryNow() {
        if (due) {
            attempt();
        }
    }

    private void attempt() {
        try {
            directory.forget();
            due = false;
            if (failed) {
                log.info("events.forgotten (a next start begins another epoch)");
            }
        } catch (IOException e) {
            if (!failed) {
                log.warn(
                        "events.forget_failed error=\"{}\" (tried again; delete the directory if the next start comes first)",
                        e.toString());
            }
            failed = true;
            tried = nanoTime.getAsLong();
        }
    }
}
