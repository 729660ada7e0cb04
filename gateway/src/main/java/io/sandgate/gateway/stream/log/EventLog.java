package io.sandgate.gateway.stream.log;

import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.EventAppender;
import io.sandgate.gateway.stream.event.EventReader;
import io.sandgate.gateway.stream.event.Origin;
import io.sandgate.gateway.stream.event.ReplicatedAppender;
import io.sandgate.gateway.stream.log.Epochs.Start;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The log of a replica: its own events and those of the others, in the order in which they came here. All methods may be
/// called from any thread.
///
/// What holds:
/// - Numbers are dense from 1 in each epoch. An entry that can be read is stored: a process that is killed has it again at
///   its next start, in the same epoch.
/// - When entries were lost, or may have been, the log has another epoch: the machine stopped while it was open, a file is not
///   as it was written, the disk failed, or the queue had no room for an own event. A reader is told, and never skips.
/// - The state and how far the others were heard outlive an epoch that is lost while running: entries of the state may be
///   those of an epoch before.
/// - What is too old is deleted, in memory and on disk, each by its own bound; a reader who wants it is told.
public final class EventLog implements EventReader, EventAppender, ReplicatedAppender, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EventLog.class);
    private static final long QUEUE_BYTES = 64 << 20;

    private final EventLogSettings settings;
    private final LongSupplier nanoTime;
    private final LogMetrics metrics;
    private final Inbox inbox;
    private final View view;
    private final Appender appender;
    private final Thread thread;

    /// A log in a directory that nobody else uses; blocks until what is there was read.
    ///
    /// @param replica the stable id of this replica
    /// @param directory is made when it is not there; when it cannot be used the log is in memory only, and says so
    /// @param bootId names this run of the machine (`/proc/sys/kernel/random/boot_id`); empty when it is not known
    /// @param random for the names of epochs
    /// @param nanoTime a clock for durations
    public static EventLog open(String replica, Path directory, EventLogSettings settings, Supplier<String> bootId,
            RandomGenerator random, LongSupplier nanoTime, MeterRegistry meters) {
        return new EventLog(replica, new LogDirectory(directory, settings, bootId, replica), settings, random, nanoTime,
                meters);
    }

    /// A log that ends with the process.
    ///
    /// @param replica the stable id of this replica
    /// @param random for the names of epochs
    /// @param nanoTime a clock for durations
    public static EventLog inMemory(String replica, EventLogSettings settings, RandomGenerator random,
            LongSupplier nanoTime, MeterRegistry meters) {
        return new EventLog(replica, null, settings, random, nanoTime, meters);
    }

    private EventLog(String replica, @Nullable LogDirectory directory, EventLogSettings settings,
            RandomGenerator random,
            LongSupplier nanoTime, MeterRegistry meters) {
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.metrics = new LogMetrics(meters);
        this.inbox = new Inbox(settings.queue(), QUEUE_BYTES);
        Epochs epochs = new Epochs(directory, settings, random, nanoTime, metrics);
        Start start = epochs.first();
        this.view = new View(replica, start.life(), start.before(), settings.subjects());
        this.appender = new Appender(replica, settings, inbox, view, epochs, metrics, nanoTime);
        metrics.watch(view, inbox);
        this.thread = Thread.ofPlatform().daemon().name("event-log").start(appender);
    }

    @Override
    public CompletionStage<Cursor> append(Event event) {
        return give(event, null);
    }

    /// @return as of [#append]; a stage that has failed already when it was refused for want of room, which does not change the
    ///     epoch: give no more of that replica until this one was given again
    @Override
    public CompletionStage<Cursor> appendFrom(Origin origin, Event event) {
        return give(event, origin);
    }

    private CompletionStage<Cursor> give(Event event, @Nullable Origin origin) {
        Event checked;
        try {
            checked = EntryJson.checked(event, settings.maxEvent());
        } catch (IllegalArgumentException e) {
            metrics.refused.increment();
            return CompletableFuture.failedStage(e);
        }
        CompletableFuture<Cursor> stored = new CompletableFuture<>();
        return switch (inbox.offer(new Inbox.Item(checked, origin, stored, nanoTime.getAsLong()))) {
            case TAKEN -> stored;
            case REFUSED -> {
                metrics.refused.increment();
                yield rejected("has no room for events of other replicas (give it again)");
            }
            case LOST -> {
                metrics.lost.increment();
                yield rejected("has no room, the event is lost and the epoch ends (publish what there is anew)");
            }
            case CLOSED -> rejected("is closed");
        };
    }

    private static CompletionStage<Cursor> rejected(String why) {
        return CompletableFuture.failedStage(new RejectedExecutionException("the event log " + why));
    }

    @Override
    public Map<String, Cursor> heard() {
        return view.heard();
    }

    @Override
    public void noteHeard(Origin origin) {
        view.noteHeard(origin);
    }

    @Override
    public Extent extent() {
        return view.life().extent();
    }

    @Override
    public Read read(Cursor after, int maxEntries, int maxBytes) {
        Life life = view.life();
        return life.epoch().equals(after.epoch())
                ? life.read(after.seq(), maxEntries, maxBytes)
                : new Read.Lost(Loss.OTHER_EPOCH);
    }

    /// @throws UncheckedIOException when the disk could not be read, which loses nothing: it may work later
    @Override
    public Read readStored(Cursor after, int maxEntries, int maxBytes) {
        Life life = view.life();
        return life.epoch().equals(after.epoch())
                ? life.readStored(after.seq(), maxEntries, maxBytes, this::damaged)
                : new Read.Lost(Loss.OTHER_EPOCH);
    }

    private void damaged(String epoch, IOException what) {
        if (epoch.equals(view.life().epoch()) && inbox.renew(epoch)) {
            log.error("events.epoch_lost epoch={} error=\"{}\" (the event log begins another epoch)", epoch,
                    what.toString());
        }
    }

    @Override
    public State state() {
        return view.state();
    }

    @Override
    public Runnable onAppend(Runnable waker) {
        return appender.wakers().add(waker);
    }

    /// Calls back each time that the epoch changed while running, on the appender's thread: it must return at once. Whoever
    /// knows what there is publishes it again, since changes may be missing; no more at once than the queue takes.
    ///
    /// @return ends it
    public Runnable onLost(Runnable listener) {
        return appender.lost().add(listener);
    }

    /// Takes no more events, stores those that wait, and makes all outlive the machine. Waits for that, for half a minute at
    /// most.
    @Override
    public void close() {
        inbox.close();
        try {
            thread.join(30_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
