package io.sandgate.api.stream.source;

import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.EventAppender;
import io.sandgate.gateway.stream.event.EventReader;
import io.sandgate.gateway.stream.event.Origin;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// A log in a list, which stores what it is given at once, or when the test says so, or never. Thread-safe.
final class ListLog implements EventAppender, EventReader {
    static final String SELF = "r1";

    private record Given(Event event, CompletableFuture<Cursor> place) {}

    private final List<Runnable> wakers = new ArrayList<>();
    private final Queue<Given> waiting = new ArrayDeque<>();
    private List<Entry> entries = new ArrayList<>();
    private int epoch = 1;
    private long floor = 1;
    /// How many of the oldest are on disk only.
    private long stored;
    private boolean holds;
    private boolean refuses;
    /// Runs once, right after the state was taken.
    private Runnable afterState = () -> {};
    /// Runs once, when a read has found the end and before its caller hears of it.
    private Runnable atTip = () -> {};

    @Override
    public synchronized CompletionStage<Cursor> append(Event event) {
        if (refuses) {
            return CompletableFuture.failedStage(new IllegalStateException("refused"));
        }
        Given given = new Given(event, new CompletableFuture<>());
        waiting.add(given);
        if (!holds) {
            storeAll();
        }
        return given.place();
    }

    /// An event that another replica told.
    synchronized void replicated(String replica, long seq, Event event) {
        put(new Origin(replica, new Cursor("other", seq)), event);
        wakers.forEach(Runnable::run);
    }

    synchronized void hold() {
        holds = true;
    }

    synchronized void release() {
        holds = false;
        storeAll();
    }

    synchronized void refuse(boolean now) {
        refuses = now;
    }

    synchronized void afterState(Runnable action) {
        afterState = action;
    }

    synchronized void atTip(Runnable action) {
        atTip = action;
    }

    /// Loses everything that it has and was given.
    synchronized void lose() {
        epoch++;
        entries = new ArrayList<>();
        floor = 1;
        stored = 0;
        List<Given> lost = List.copyOf(waiting);
        waiting.clear();
        lost.forEach(given -> given.place().completeExceptionally(new IllegalStateException("lost")));
        wakers.forEach(Runnable::run);
    }

    /// Keeps nothing below a number.
    synchronized void forget(long below) {
        floor = below;
    }

    /// Has what is up to a number on disk only.
    synchronized void evict(long upTo) {
        stored = upTo;
    }

    private void storeAll() {
        for (Given given = waiting.poll(); given != null; given = waiting.poll()) {
            Cursor place = new Cursor("e" + epoch, entries.size() + 1);
            put(new Origin(SELF, place), given.event());
            given.place().complete(place);
        }
        wakers.forEach(Runnable::run);
    }

    private void put(Origin origin, Event event) {
        entries.add(new Entry(entries.size() + 1, event, origin, Buffer.buffer()));
    }

    synchronized List<Event> events() {
        return entries.stream().map(Entry::event).toList();
    }

    synchronized List<String> kinds() {
        return entries.stream().map(entry -> entry.event().kind()).toList();
    }

    Event last() {
        return events().getLast();
    }

    JsonObject lastData() {
        return new JsonObject(last().data());
    }

    @Override
    public synchronized Extent extent() {
        return new Extent("e" + epoch, floor, entries.size());
    }

    @Override
    public synchronized Read read(Cursor after, int maxEntries, int maxBytes) {
        if (!after.epoch().equals("e" + epoch)) {
            return new Read.Lost(Loss.OTHER_EPOCH);
        }
        if (after.seq() + 1 < floor) {
            return new Read.Lost(Loss.TOO_OLD);
        }
        if (after.seq() == entries.size()) {
            Runnable action = atTip;
            atTip = () -> {};
            action.run();
            return new Read.AtTip();
        }
        return after.seq() < stored ? new Read.Stored() : some(after, maxEntries);
    }

    @Override
    public synchronized Read readStored(Cursor after, int maxEntries, int maxBytes) {
        return some(after, maxEntries);
    }

    private Read some(Cursor after, int maxEntries) {
        int from = (int) after.seq();
        return new Read.Entries(List.copyOf(entries.subList(from, Math.min(entries.size(), from + maxEntries))));
    }

    @Override
    public State state() {
        State state = takeState();
        Runnable action;
        synchronized (this) {
            action = afterState;
            afterState = () -> {};
        }
        action.run();
        return state;
    }

    private synchronized State takeState() {
        Map<String, Entry> newest = new LinkedHashMap<>();
        for (Entry entry : entries) {
            String subject = entry.event().subject();
            newest.remove(subject);
            if (!subject.isEmpty() && !entry.event().last()) {
                newest.put(subject, entry);
            }
        }
        return new State(extent().end(), List.copyOf(newest.values()));
    }

    @Override
    public synchronized Runnable onAppend(Runnable waker) {
        wakers.add(waker);
        return () -> remove(waker);
    }

    private synchronized void remove(Runnable waker) {
        wakers.remove(waker);
    }
}
