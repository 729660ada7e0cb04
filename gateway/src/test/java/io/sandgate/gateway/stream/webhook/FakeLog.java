package io.sandgate.gateway.stream.webhook;

import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.EventReader;
import io.sandgate.gateway.stream.event.Origin;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/// A log in memory, of which some of the oldest entries are on a disk and some are gone, as the test says.
final class FakeLog implements EventReader {
    private final List<Entry> entries = new ArrayList<>();
    private final List<Runnable> wakers = new CopyOnWriteArrayList<>();
    private String epoch = "e1";
    private long floor = 1;
    private long inMemoryFrom = 1;
    /// How many reads of the disk fail from now on.
    int failures;
    /// Done once, between a read that found nothing and its return.
    Runnable atTip = () -> {};

    /// An event of this replica `r1`.
    synchronized Entry append(String kind, String team, Instant at) {
        return append("r1", kind, team, at);
    }

    synchronized Entry append(String replica, String kind, String team, Instant at) {
        long seq = entries.size() + 1L;
        Event event = new Event(kind, "sandbox/i" + seq, false, at, "i" + seq, team, Map.of(), "{}",
                Event.Reach.CLUSTER);
        Entry entry = new Entry(seq, event, new Origin(replica, new Cursor(epoch, seq)), Buffer.buffer("{}"));
        entries.add(entry);
        wakers.forEach(Runnable::run);
        return entry;
    }

    /// Drops what is before an entry.
    synchronized void trim(long first) {
        floor = first;
        inMemoryFrom = Math.max(inMemoryFrom, first);
    }

    /// Moves what is before an entry to the disk.
    synchronized void store(long first) {
        inMemoryFrom = first;
    }

    /// Begins anew with nothing.
    synchronized void lose(String nextEpoch) {
        entries.clear();
        epoch = nextEpoch;
        floor = 1;
        inMemoryFrom = 1;
        wakers.forEach(Runnable::run);
    }

    @Override
    public synchronized Extent extent() {
        return new Extent(epoch, floor, entries.size());
    }

    @Override
    public synchronized Read read(Cursor after, int maxEntries, int maxBytes) {
        boolean isStored = after.epoch().equals(epoch) && after.seq() + 1 >= floor && after.seq() + 1 < inMemoryFrom
                && after.seq() < entries.size();
        Read read = isStored ? new Read.Stored() : find(after, maxEntries);
        if (read instanceof Read.AtTip) {
            Runnable now = atTip;
            atTip = () -> {};
            now.run();
        }
        return read;
    }

    @Override
    public synchronized Read readStored(Cursor after, int maxEntries, int maxBytes) {
        if (failures > 0) {
            failures--;
            throw new UncheckedIOException(new IOException("too many open files"));
        }
        return find(after, maxEntries);
    }

    private Read find(Cursor after, int maxEntries) {
        if (!after.epoch().equals(epoch)) {
            return new Read.Lost(Loss.OTHER_EPOCH);
        }
        if (after.seq() + 1 < floor) {
            return new Read.Lost(Loss.TOO_OLD);
        }
        if (after.seq() > entries.size()) {
            return new Read.Lost(Loss.AHEAD);
        }
        if (after.seq() == entries.size()) {
            return new Read.AtTip();
        }
        int from = (int) after.seq();
        return new Read.Entries(List.copyOf(entries.subList(from, Math.min(entries.size(), from + maxEntries))));
    }

    @Override
    public State state() {
        return new State(extent().end(), List.of());
    }

    @Override
    public Runnable onAppend(Runnable waker) {
        wakers.add(waker);
        return () -> wakers.remove(waker);
    }
}
