package io.sandgate.gateway.stream.webhook;

import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.EventReader;
import io.sandgate.gateway.stream.event.EventReader.Read;
import io.sandgate.proxy.replicate.Loop;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// Reads the log once for all webhooks that have caught up, and tells what came. Confined to its loop.
///
/// It is told of appends by a flag that is set before the loop runs and cleared before it reads, so an append that comes
/// between the last read and the rest makes it read again.
final class LogScan {
    private static final int BATCH = 512;

    /// Whoever follows.
    interface Follower {
        /// Entries that came, in order.
        ///
        /// @param before where the scan was
        /// @param after where it is now
        void passed(Cursor before, Cursor after, List<Entry> entries);

        /// The scan goes on elsewhere.
        ///
        /// @param skipped entries that are gone, so far as it is known
        void jumped(Cursor to, long skipped);
    }

    private final Loop loop;
    private final LogReads reads;
    private final Follower follower;
    private final AtomicBoolean called = new AtomicBoolean();
    private Cursor cursor;
    private boolean reading;
    private boolean closed;

    LogScan(Loop loop, LogReads reads, Follower follower) {
        this.loop = loop;
        this.reads = reads;
        this.follower = follower;
        this.cursor = reads.extent().end();
    }

    /// Follows the log from its end as it was when this was made.
    ///
    /// @return ends it
    Runnable start(EventReader log) {
        Runnable end = log.onAppend(this::call);
        call();
        return () -> {
            closed = true;
            end.run();
        };
    }

    Cursor cursor() {
        return cursor;
    }

    private void call() {
        if (called.compareAndSet(false, true)) {
            loop.execute(this::advance);
        }
    }

    private void advance() {
        called.set(false);
        if (!reading && !closed) {
            reading = true;
            reads.read(cursor, BATCH, this::take);
        }
    }

    private void take(Read read) {
        reading = false;
        if (closed) {
            return;
        }
        switch (read) {
            case Read.Entries found -> {
                Cursor before = cursor;
                cursor = before.at(found.entries().getLast().seq());
                follower.passed(before, cursor, found.entries());
                call();
            }
            case Read.Lost lost -> {
                LogReads.Restart restart = reads.after(cursor, lost.loss());
                cursor = restart.cursor();
                follower.jumped(cursor, restart.skipped());
                call();
            }
            case Read.AtTip _ -> {
                // what came while this was on its way has set the flag, unless the flag was still set by an earlier call
                if (reads.extent().tip() != cursor.seq() || !reads.extent().epoch().equals(cursor.epoch())) {
                    call();
                }
            }
            case Read.Stored _ -> throw new IllegalStateException("a worker has read what was stored");
        }
    }
}
