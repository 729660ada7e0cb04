package io.sandgate.gateway.stream.pump;

import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.EventReader;
import io.sandgate.gateway.stream.event.EventReader.Read;
import io.sandgate.proxy.replicate.Loop;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One subscriber's reader of the log: reads behind its cursor, writes what the subscriber wants, and rests at the tip.
///
/// There is no other way for an event to a subscriber, so there is nothing to be put in order between stored and live
/// events: live is a pump at the tip. The cursor moves by what was read, wanted or not.
///
/// Of its own accord it does something only within a turn. A turn ends when the outlet is full (then [#drained] begins the
/// next one), when its budget is spent (it queues the next one behind what the loop has to do), when entries have to be
/// read from disk, or the state from memory, at the tip (then [Parking] begins the next one), or when it is over.
///
/// Belongs to its loop.
public final class Pump {
    static final int NOT_PARKED = -1;

    private static final Logger log = LoggerFactory.getLogger(Pump.class);

    private final EventReader reader;
    private final Subscription subscription;
    private final Outlet outlet;
    private final Loop loop;
    private final Aside aside;
    private final Parking parking;
    private final PumpSettings settings;
    private final PumpObserver observer;
    private Cursor cursor;
    /// What is left of the state that is sent first.
    private List<Entry> state = List.of();
    private boolean stateOpen;
    private boolean live;
    private boolean queued;
    private boolean reading;
    private boolean over;
    private int seat = NOT_PARKED;
    private long written;

    /// @param workers where it may block on the disk, or take long
    /// @param parking of the same loop
    public Pump(EventReader reader, Subscription subscription, Outlet outlet, Loop loop, Executor workers,
            Parking parking, PumpSettings settings, PumpObserver observer) {
        this.reader = reader;
        this.subscription = subscription;
        this.outlet = outlet;
        this.loop = loop;
        this.aside = new Aside(loop, workers);
        this.parking = parking;
        this.settings = settings;
        this.observer = observer;
        this.cursor = reader.extent().end();
    }

    /// Says hello and begins.
    ///
    /// @param replica the id of this one
    public void start(String replica) {
        guarded(() -> {
            EventReader.Extent extent = reader.extent();
            switch (subscription.start()) {
                case Start.Tip() -> begin(replica, extent.end());
                case Start.Oldest() -> begin(replica, extent.start());
                case Start.After(Cursor place) -> begin(replica, place);
                case Start.Snapshot() -> {
                    stateOpen = true;
                    aside(this::wantedState, found -> begin(replica, found));
                }
            }
        });
    }

    /// All that there is is looked through, however much it is.
    private EventReader.State wantedState() {
        EventReader.State all = reader.state();
        return new EventReader.State(all.cursor(), subscription.wanted(all.entries()));
    }

    private void begin(String replica, Cursor place) {
        cursor = place;
        write(Note.hello(replica, cursor));
        turn();
    }

    private void begin(String replica, EventReader.State found) {
        cursor = found.cursor();
        state = found.entries();
        write(Note.helloBeforeState(replica, cursor));
        write(Note.state(state.size(), cursor));
        turn();
    }

    /// The outlet has room again.
    public void drained() {
        later();
    }

    /// Tells the subscriber where it is when it has got nothing for long; to be called every second or so.
    public void beat() {
        if (!over && !stateOpen && !outlet.isFull() && loop.nanoTime() - written >= settings.quiet().toNanos()) {
            write(Note.cursor(cursor));
        }
    }

    /// Ends the subscription, with the place to go on from in the last note.
    public void end(End end) {
        if (!over) {
            closed();
            observer.ended(end);
            try {
                outlet.end(end, Note.end(end, stateOpen ? Optional.empty() : Optional.of(cursor)));
            } catch (Throwable e) {
                log.error("events.end.failed cursor={}", cursor, e);
                outlet.abort();
            }
        }
    }

    /// The outlet is gone: nothing is written to it any more.
    public void closed() {
        over = true;
        state = List.of();
        unpark();
    }

    /// Whether it has ended.
    public boolean isOver() {
        return over;
    }

    /// Behind the last entry that was read.
    public Cursor cursor() {
        return cursor;
    }

    void seat(int taken) {
        seat = taken;
    }

    void woken() {
        turn();
    }

    private void unpark() {
        if (seat != NOT_PARKED) {
            parking.unpark(seat);
            seat = NOT_PARKED;
        }
    }

    private void later() {
        if (!queued && !over) {
            queued = true;
            loop.execute(() -> {
                queued = false;
                turn();
            });
        }
    }

    /// Whoever cannot be served any more is told: to be left open, with nobody who reads for it, looks like a quiet log.
    private void guarded(Runnable step) {
        if (over) {
            return;
        }
        try {
            step.run();
        } catch (Throwable e) {
            log.error("events.pump.failed cursor={}", cursor, e);
            end(End.FAILED);
        }
    }

    private void turn() {
        guarded(this::steps);
    }

    private void steps() {
        int events = 0;
        long bytes = 0;
        while (!over && !reading) {
            if (outlet.isFull()) {
                unpark();
                return;
            }
            if (events >= settings.turnEvents() || bytes >= settings.turnBytes()) {
                unpark();
                later();
                return;
            }
            if (stateOpen) {
                events += slice();
                continue;
            }
            switch (reader.read(cursor, settings.turnEvents() - events, settings.batchBytes())) {
                case Read.Entries(List<Entry> entries) -> {
                    unpark();
                    events += entries.size();
                    bytes += take(entries);
                }
                case Read.AtTip() -> {
                    if (!live) {
                        live = true;
                        write(Note.live(cursor));
                    } else if (seat == NOT_PARKED) {
                        // and around once more: an append since the read did not see it parked
                        parking.park(this);
                    } else {
                        return;
                    }
                }
                case Read.Stored() -> {
                    unpark();
                    readStored();
                }
                case Read.Lost _ -> end(End.LOST);
            }
        }
    }

    /// Writes the next part of the state.
    private int slice() {
        int count = 0;
        int bytes = 0;
        while (count < state.size() && count < settings.turnEvents() && bytes < settings.batchBytes()) {
            bytes += state.get(count).json().length();
            count++;
        }
        if (count > 0) {
            outlet.state(state.subList(0, count));
            written = loop.nanoTime();
            observer.passed(count, count);
            state = state.subList(count, state.size());
        }
        if (state.isEmpty()) {
            state = List.of();
            stateOpen = false;
            write(Note.stateEnd(cursor));
        }
        return count;
    }

    /// Passes entries on; returns how many bytes of JSON they have.
    private long take(List<Entry> entries) {
        List<Entry> wanted = subscription.wanted(entries);
        if (!wanted.isEmpty()) {
            outlet.events(cursor.epoch(), wanted);
            written = loop.nanoTime();
        }
        cursor = cursor.at(entries.getLast().seq());
        observer.passed(entries.size(), wanted.size());
        long bytes = 0;
        for (Entry entry : entries) {
            bytes += entry.json().length();
        }
        return bytes;
    }

    private void readStored() {
        Cursor from = cursor;
        aside(() -> reader.readStored(from, settings.storedEvents(), settings.storedBytes()), this::stored);
    }

    private void stored(Read found) {
        switch (found) {
            case Read.Entries(List<Entry> entries) -> {
                take(entries);
                turn();
            }
            case Read.Lost _ -> end(End.LOST);
            case Read.AtTip _ -> turn();
            case Read.Stored _ -> end(End.FAILED);
        }
    }

    /// Does what would hold the loop up, then goes on with what came of it; no turn does anything meanwhile.
    private <T> void aside(Supplier<T> task, Consumer<T> then) {
        reading = aside.run(task, found -> {
            reading = false;
            guarded(() -> found.ifPresentOrElse(then, () -> end(End.FAILED)));
        });
        if (!reading) {
            end(End.DRAIN);
        }
    }

    private void write(Note note) {
        outlet.note(note);
        written = loop.nanoTime();
    }
}
