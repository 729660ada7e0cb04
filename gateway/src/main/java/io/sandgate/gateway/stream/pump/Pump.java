package io.sandgate.gateway.stream.pump;

import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.EventReader;
import io.sandgate.gateway.stream.event.EventReader.Read;
import io.sandgate.proxy.replicate.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One subscriber's reader of the log: reads behind its cursor, writes what the subscriber wants, and rests at the tip.
///
/// There is no other way for an event to a subscriber, so there is nothing to be put in order between stored and live
/// events: live is a pump at the tip. The cursor moves by what was read, wanted or not.
///
/// Of its own accord it does something only within a turn. A turn ends when the outlet is full (then [#drained] begins the
/// next one), when its budget is spent (it queues the next one behind what the loop has to do), when entries have to be
/// read from disk, at the tip (then [Parking] begins the next one), or when it is over.
///
/// Belongs to its loop.
public final class Pump {
    static final int NOT_PARKED = -1;

    private static final Logger log = LoggerFactory.getLogger(Pump.class);

    private final EventReader reader;
    private final Subscription subscription;
    private final Outlet outlet;
    private final Loop loop;
    private final Executor workers;
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

    /// @param workers where it may block on the disk
    /// @param parking of the same loop
    public Pump(EventReader reader, Subscription subscription, Outlet outlet, Loop loop, Executor workers,
            Parking parking, PumpSettings settings, PumpObserver observer) {
        this.reader = reader;
        this.subscription = subscription;
        this.outlet = outlet;
        this.loop = loop;
        this.workers = workers;
        this.parking = parking;
        this.settings = settings;
        this.observer = observer;
        this.cursor = reader.extent().end();
    }

    /// Says hello and begins.
    ///
    /// @param replica the id of this one
    public void start(String replica) {
        EventReader.Extent extent = reader.extent();
        switch (subscription.start()) {
            case Start.Tip() -> cursor = extent.end();
            case Start.Oldest() -> cursor = extent.start();
            case Start.After(Cursor place) -> cursor = place;
            case Start.Snapshot() -> {
                EventReader.State now = reader.state();
                cursor = now.cursor();
                state = now.entries().stream().filter(entry -> subscription.wants(entry.event())).toList();
                stateOpen = true;
                write(Note.helloBeforeState(replica, cursor));
                write(Note.state(state.size(), cursor));
            }
        }
        if (!stateOpen) {
            write(Note.hello(replica, cursor));
        }
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
            outlet.end(end, Note.end(end, stateOpen ? Optional.empty() : Optional.of(cursor)));
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

    private void turn() {
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
        List<Entry> wanted = wanted(entries);
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

    /// Mostly a subscriber wants all of a batch, or nothing of it.
    private List<Entry> wanted(List<Entry> entries) {
        int first = 0;
        while (first < entries.size() && subscription.wants(entries.get(first).event())) {
            first++;
        }
        if (first == entries.size()) {
            return entries;
        }
        List<Entry> wanted = new ArrayList<>(entries.subList(0, first));
        for (Entry entry : entries.subList(first + 1, entries.size())) {
            if (subscription.wants(entry.event())) {
                wanted.add(entry);
            }
        }
        return wanted;
    }

    private void readStored() {
        reading = true;
        Cursor from = cursor;
        try {
            workers.execute(() -> readStored(from));
        } catch (RejectedExecutionException e) {
            // the replica stops
            reading = false;
            end(End.DRAIN);
        }
    }

    private void readStored(Cursor from) {
        Optional<Read> read;
        try {
            read = Optional.of(reader.readStored(from, settings.storedEvents(), settings.storedBytes()));
        } catch (RuntimeException e) {
            log.error("events.read.failed cursor={}", from, e);
            read = Optional.empty();
        }
        Optional<Read> found = read;
        loop.execute(() -> stored(found));
    }

    private void stored(Optional<Read> found) {
        reading = false;
        if (over) {
            return;
        }
        switch (found.orElse(null)) {
            case Read.Entries(List<Entry> entries) -> {
                take(entries);
                turn();
            }
            case Read.Lost _ -> end(End.LOST);
            case Read.AtTip _ -> turn();
            case Read.Stored _ -> end(End.FAILED);
            case null -> end(End.FAILED);
        }
    }

    private void write(Note note) {
        outlet.note(note);
        written = loop.nanoTime();
    }
}
