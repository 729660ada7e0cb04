package io.sandgate.gateway.stream.webhook;

import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.EventReader;
import io.sandgate.gateway.stream.event.EventReader.Extent;
import io.sandgate.gateway.stream.event.EventReader.Loss;
import io.sandgate.gateway.stream.event.EventReader.Read;
import io.sandgate.proxy.replicate.Loop;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads of the log for those who live on a loop: what is in memory at once, what is on disk by a worker.
final class LogReads {
    private static final Logger log = LoggerFactory.getLogger(LogReads.class);
    private static final int MOST_BYTES = 256 << 10;
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Loop loop;
    private final EventReader events;
    private final Executor workers;

    LogReads(Loop loop, EventReader events, Executor workers) {
        this.loop = loop;
        this.events = events;
        this.workers = workers;
    }

    /// Where to go on after a loss, and how many entries are known to be gone.
    record Restart(Cursor cursor, long skipped) {}

    Extent extent() {
        return events.extent();
    }

    /// Reads what is behind a place. A disk that cannot be read is read again later.
    ///
    /// @param then called on the loop, later; never with [Read.Stored]
    void read(Cursor after, int most, Consumer<Read> then) {
        Read read = events.read(after, most, MOST_BYTES);
        if (!(read instanceof Read.Stored)) {
            loop.execute(() -> then.accept(read));
            return;
        }
        try {
            workers.execute(() -> readStored(after, most, then));
        } catch (RejectedExecutionException e) {
            log.debug("webhooks.read.late after={} (the process stops: what is not read now is after the restart)",
                    after);
        }
    }

    private void readStored(Cursor after, int most, Consumer<Read> then) {
        Read stored;
        try {
            stored = events.readStored(after, most, MOST_BYTES);
        } catch (Throwable e) {
            // whoever waits would otherwise wait for ever
            log.warn("webhooks.read.failed after={} (tried again in {} s)", after, RETRY.toSeconds(), e);
            loop.execute(() -> loop.after(RETRY, () -> read(after, most, then)));
            return;
        }
        loop.execute(() -> then.accept(stored));
    }

    /// What was lost was another log's, or is too old: what is still there follows. A place behind the end was never there.
    Restart after(Cursor lost, Loss loss) {
        Extent extent = events.extent();
        return switch (loss) {
            case OTHER_EPOCH -> new Restart(extent.start(), 0);
            case TOO_OLD -> new Restart(extent.start(), Math.max(0, extent.floor() - 1 - lost.seq()));
            case AHEAD -> new Restart(extent.end(), 0);
        };
    }
}
