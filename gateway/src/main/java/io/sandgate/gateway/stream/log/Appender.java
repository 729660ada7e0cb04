package io.sandgate.gateway.stream.log;

import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.Origin;
import io.sandgate.gateway.stream.log.Inbox.Item;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one writer of a log: takes what waits, gives it numbers, stores it by one call, shows it, and tells who waits for it.
///
/// In that order: an entry that anyone saw outlives the process.
final class Appender implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(Appender.class);
    private static final int BATCH = 1024;
    private static final long BATCH_BYTES = 1 << 20;

    private final String replica;
    private final Inbox inbox;
    private final View view;
    private final Epochs epochs;
    private final LogMetrics metrics;
    private final LongSupplier nanoTime;
    private final long batchBytes;
    private final Listeners wakers = new Listeners();
    private final Listeners lost = new Listeners();

    Appender(String replica, EventLogSettings settings, Inbox inbox, View view, Epochs epochs, LogMetrics metrics,
            LongSupplier nanoTime) {
        this.replica = replica;
        this.inbox = inbox;
        this.view = view;
        this.epochs = epochs;
        this.metrics = metrics;
        this.nanoTime = nanoTime;
        this.batchBytes = Math.min(BATCH_BYTES, settings.segmentBytes() / 4);
    }

    /// Who is told after each move of the tip.
    Listeners wakers() {
        return wakers;
    }

    /// Who is told when the epoch changed.
    Listeners lost() {
        return lost;
    }

    @Override
    public void run() {
        try {
            boolean more = true;
            while (more) {
                more = turn();
            }
        } catch (Throwable e) {
            stop(e);
        }
    }

    /// The log ends where it could not go on: nobody waits for it any more, and its epoch ends too.
    private void stop(Throwable cause) {
        fail(inbox.abandon(), new RejectedExecutionException("the event log has stopped", cause));
        log.error("events.appender_failed (the event log takes no more until the next start)", cause);
        epochs.abandon();
    }

    /// @return whether there may be more to do
    private boolean turn() {
        List<Item> items = inbox.take(BATCH, batchBytes);
        forgetInterrupt();
        if (!items.isEmpty()) {
            append(items);
            return true;
        }
        return switch (inbox.due(view.life().epoch())) {
            case EPOCH -> {
                renew();
                yield true;
            }
            case NOTHING -> true;
            case END -> {
                epochs.close(view.life(), view.checkpoint());
                yield false;
            }
        };
    }

    private void append(List<Item> items) {
        try {
            show(items, store(items));
        } catch (Throwable e) {
            // checked events can be written: this is a defect or want of memory, and what was to be written is lost
            fail(items, e);
            inbox.renew(view.life().epoch());
            log.error("events.append_failed count={}", items.size(), e);
        }
        wakers.call();
    }

    private void fail(List<Item> items, Throwable cause) {
        for (Item item : items) {
            if (item.stored().completeExceptionally(cause)) {
                metrics.lost.increment();
            }
        }
    }

    private void show(List<Item> items, List<Entry> entries) {
        metrics.subjectsDropped.increment(view.show(entries));
        metrics.append.record(nanoTime.getAsLong() - items.getFirst().since(), TimeUnit.NANOSECONDS);
        String epoch = view.life().epoch();
        for (int i = 0; i < items.size(); i++) {
            Item item = items.get(i);
            (item.origin() == null ? metrics.own : metrics.others).increment();
            item.stored().complete(new Cursor(epoch, entries.get(i).seq()));
        }
    }

    private List<Entry> store(List<Item> items) {
        Life life = view.life();
        DiskTier disk = life.disk();
        List<Entry> entries = entries(life, items);
        if (disk == null) {
            epochs.tidy();
            return entries;
        }
        try {
            if (disk.full()) {
                disk.roll(view.checkpoint());
            }
            disk.append(entries);
            return entries;
        } catch (IOException e) {
            // nobody saw them: they are the first of the next epoch
            change(epochs.without(e));
            return entries(view.life(), items);
        }
    }

    private List<Entry> entries(Life life, List<Item> items) {
        List<Entry> entries = new ArrayList<>(items.size());
        Cursor cursor = new Cursor(life.epoch(), life.memory().tip());
        for (Item item : items) {
            cursor = cursor.at(cursor.seq() + 1);
            Origin origin = item.origin();
            entries.add(EntryJson.entry(cursor, item.event(), origin == null ? new Origin(replica, cursor) : origin));
        }
        return entries;
    }

    private void renew() {
        Life next;
        try {
            next = epochs.begin(view.checkpoint());
        } catch (Throwable e) {
            // a defect or want of memory; where the next line fails too, the log ends
            log.error("events.renewal_failed epoch={}", view.life().epoch(), e);
            next = epochs.without(e);
        }
        change(next);
    }

    private void change(Life next) {
        Life before = view.life();
        metrics.epochs.increment();
        view.begin(next);
        // the disk may take long, so readers are told first
        wakers.call();
        lost.call();
        forgetInterrupt();
        epochs.end(before, next);
    }

    /// Nobody ends this thread by an interrupt, and one that a listener left would close the files.
    private static void forgetInterrupt() {
        var _ = Thread.interrupted();
    }
}
