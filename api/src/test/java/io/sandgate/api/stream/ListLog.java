package io.sandgate.api.stream;

import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.EventReader;
import io.sandgate.gateway.stream.event.Origin;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/// A log in a list.
final class ListLog implements EventReader {
    private final List<Entry> all = new ArrayList<>();
    private final List<Runnable> wakers = new CopyOnWriteArrayList<>();
    private final String epoch = "e1";
    private long floor = 1;

    void append(String kind, String owner, String data) {
        synchronized (this) {
            long seq = all.size() + 1L;
            Cursor place = new Cursor(epoch, seq);
            Event event = new Event(kind, "s/" + seq % 10, false, Instant.EPOCH, "", owner, Map.of(), data,
                    Event.Reach.CLUSTER);
            all.add(new Entry(seq, event, new Origin("r1", place), json(place, kind, data)));
        }
        wakers.forEach(Runnable::run);
    }

    private static Buffer json(Cursor place, String kind, String data) {
        return new JsonObject().put("type", "event").put("cursor", place.toString()).put("kind", kind)
                .put("data", new JsonObject(data)).toBuffer();
    }

    synchronized void forgetUpTo(long seq) {
        floor = seq + 1;
    }

    @Override
    public synchronized Extent extent() {
        return new Extent(epoch, floor, all.size());
    }

    @Override
    public synchronized Read read(Cursor after, int maxEntries, int maxBytes) {
        if (after.seq() < floor - 1) {
            return new Read.Lost(Loss.TOO_OLD);
        }
        if (after.seq() >= all.size()) {
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
    public Read readStored(Cursor after, int maxEntries, int maxBytes) {
        return read(after, maxEntries, maxBytes);
    }

    @Override
    public synchronized State state() {
        Map<String, Entry> newest = new LinkedHashMap<>();
        all.forEach(entry -> newest.put(entry.event().subject(), entry));
        return new State(extent().end(), List.copyOf(newest.values()));
    }

    @Override
    public Runnable onAppend(Runnable waker) {
        wakers.add(waker);
        return () -> wakers.remove(waker);
    }
}
