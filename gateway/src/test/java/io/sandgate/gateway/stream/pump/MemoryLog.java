package io.sandgate.gateway.stream.pump;

import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.EventReader;
import io.sandgate.gateway.stream.event.Origin;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A log that keeps everything, and says of some of it that it is on disk or gone. What happens in the middle of a read can
/// be put there by a test.
final class MemoryLog implements EventReader {
    final List<Entry> all = new ArrayList<>();
    String epoch = "e1";
    /// Runs between the look at the log and the answer.
    Runnable meanwhile = () -> {};
    /// Runs in the middle of what is done away from the loop.
    Runnable trouble = () -> {};
    long memoryFloor = 1;
    long floor = 1;
    private final List<Runnable> wakers = new ArrayList<>();

    void append(Event event) {
        long seq = all.size() + 1L;
        Cursor place = new Cursor(epoch, seq);
        all.add(new Entry(seq, event, new Origin("r1", place),
                Buffer.buffer("{\"type\":\"event\",\"cursor\":\"" + place + "\"}")));
        wakers.forEach(Runnable::run);
    }

    void append(String kind) {
        append(event(kind, "", false));
    }

    static Event event(String kind, String subject, boolean last) {
        return new Event(kind, subject, last, Instant.EPOCH, "", "team", Map.of(), "{}", Event.Reach.CLUSTER);
    }

    void loseEpoch() {
        epoch += "x";
        wakers.forEach(Runnable::run);
    }

    int wakers() {
        return wakers.size();
    }

    @Override
    public Extent extent() {
        return new Extent(epoch, floor, all.size());
    }

    @Override
    public Read read(Cursor after, int maxEntries, int maxBytes) {
        Read read = after.seq() + 1 >= floor && after.seq() + 1 < memoryFloor && after.epoch().equals(epoch)
                ? new Read.Stored()
                : find(after, maxEntries, maxBytes);
        meanwhile.run();
        return read;
    }

    @Override
    public Read readStored(Cursor after, int maxEntries, int maxBytes) {
        trouble.run();
        return find(after, maxEntries, maxBytes);
    }

    private Read find(Cursor after, int maxEntries, int maxBytes) {
        if (!after.epoch().equals(epoch)) {
            return new Read.Lost(Loss.OTHER_EPOCH);
        }
        if (after.seq() > all.size()) {
            return new Read.Lost(Loss.AHEAD);
        }
        if (after.seq() < floor - 1) {
            return new Read.Lost(Loss.TOO_OLD);
        }
        if (after.seq() == all.size()) {
            return new Read.AtTip();
        }
        List<Entry> found = new ArrayList<>();
        int bytes = 0;
        for (int i = (int) after.seq(); i < all.size() && found.size() < maxEntries && bytes < maxBytes; i++) {
            found.add(all.get(i));
            bytes += all.get(i).json().length();
        }
        return new Read.Entries(List.copyOf(found));
    }

    @Override
    public State state() {
        trouble.run();
        return new State(extent().end(), fold(all.size()));
    }

    List<Entry> fold(long seq) {
        Map<String, Entry> newest = new LinkedHashMap<>();
        for (Entry entry : all.subList(0, (int) seq)) {
            newest.remove(entry.event().subject());
            if (!entry.event().subject().isEmpty() && !entry.event().last()) {
                newest.put(entry.event().subject(), entry);
            }
        }
        return List.copyOf(newest.values());
    }

    @Override
    public Runnable onAppend(Runnable waker) {
        wakers.add(waker);
        return () -> wakers.remove(waker);
    }
}
