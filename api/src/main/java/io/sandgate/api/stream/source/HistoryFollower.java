package io.sandgate.api.stream.source;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.EventReader;
import io.sandgate.gateway.stream.event.EventReader.Loss;
import io.sandgate.gateway.stream.event.EventReader.Read;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads a log from its beginning into a history, and goes on reading as it grows. What the log no longer has, or lost, is
/// passed over; what the history has of it stays there.
public final class HistoryFollower implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HistoryFollower.class);
    private static final int MAX_ENTRIES = 512;
    private static final int MAX_BYTES = 1 << 20;

    private final EventReader reader;
    private final LifecycleHistory history;
    private final Executor workers;
    private final Counter skipped;
    private final AtomicInteger woken = new AtomicInteger();
    private final Runnable unsubscribe;
    /// Where it is; of the one worker that reads.
    private Cursor after;
    private volatile boolean closed;

    private HistoryFollower(EventReader reader, LifecycleHistory history, Executor workers, MeterRegistry meters) {
        this.reader = reader;
        this.history = history;
        this.workers = workers;
        this.after = reader.extent().start();
        this.skipped = Counter.builder("sandgate.events.history.skipped")
                .description("times that the log went on without the history having read all").register(meters);
        this.unsubscribe = reader.onAppend(this::wake);
    }

    /// Begins to read; returns at once.
    ///
    /// @param workers may block
    public static HistoryFollower start(EventReader reader, LifecycleHistory history, Executor workers,
            MeterRegistry meters) {
        HistoryFollower follower = new HistoryFollower(reader, history, workers, meters);
        follower.wake();
        return follower;
    }

    private void wake() {
        if (woken.getAndIncrement() == 0) {
            try {
                workers.execute(this::readAll);
            } catch (RejectedExecutionException e) {
                log.debug("history.ended after={} (this replica stops)", after);
            }
        }
    }

    private void readAll() {
        int seen;
        do {
            seen = woken.get();
            try {
                while (!closed && readSome()) {
                    log.trace("history.read after={}", after);
                }
            } catch (RuntimeException e) {
                log.warn("history.not-read after={} (tried again with the next event)", after, e);
            }
        } while (woken.addAndGet(-seen) != 0);
    }

    /// @return whether there may be more
    private boolean readSome() {
        Read read = reader.read(after, MAX_ENTRIES, MAX_BYTES);
        return take(read instanceof Read.Stored ? reader.readStored(after, MAX_ENTRIES, MAX_BYTES) : read);
    }

    private boolean take(Read read) {
        return switch (read) {
            case Read.Entries(var entries) -> {
                entries.forEach(history::add);
                after = after.at(entries.getLast().seq());
                yield true;
            }
            case Read.Lost(Loss loss) -> {
                skipped.increment();
                Cursor start = reader.extent().start();
                log.info("history.skipped from={} to={} because={}", after, start, loss);
                boolean moves = !start.equals(after);
                after = start;
                yield moves;
            }
            case Read.AtTip atTip -> false;
            case Read.Stored stored -> false;
        };
    }

    @Override
    public void close() {
        closed = true;
        unsubscribe.run();
    }
}
