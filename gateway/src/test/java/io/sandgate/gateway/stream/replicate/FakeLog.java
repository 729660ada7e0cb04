package io.sandgate.gateway.stream.replicate;

import io.sandgate.gateway.shard.VirtualLoop;
import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.EventAppender;
import io.sandgate.gateway.stream.event.EventReader;
import io.sandgate.gateway.stream.event.Origin;
import io.sandgate.gateway.stream.event.ReplicatedAppender;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A log in memory, which stores on virtual time and keeps as many entries as it is told to.
final class FakeLog implements EventReader, EventAppender, ReplicatedAppender {

    private record Pending(@Nullable Origin origin, Event event, CompletableFuture<Cursor> stored) {}

    private final String self;
    private final VirtualLoop loop;
    private final int retention;
    private final Supplier<Duration> delay;
    private final List<Runnable> wakers = new ArrayList<>();
    private final Deque<Pending> pending = new ArrayDeque<>();
    private final Map<String, Entry> state = new LinkedHashMap<>();
    private final Map<String, Cursor> heard = new HashMap<>();
    private final List<Entry> kept = new ArrayList<>();
    private int evicted;
    private String epoch;
    private long tip;
    private boolean isDead;

    /// All that was ever stored.
    final List<Entry> history = new ArrayList<>();
    /// Where each life of each other replica was first known as a whole.
    final Map<String, Cursor> firstNoted = new HashMap<>();
    /// Whether a full queue refuses the next event of another replica.
    BooleanSupplier refuses = () -> false;
    /// Whether an event of another replica is none that a log takes.
    Predicate<Event> refusesForEver = event -> false;
    /// Runs when a read has found what it finds, before its caller hears of it.
    Runnable afterRead = () -> {};

    FakeLog(String self, String epoch, VirtualLoop loop, int retention, Supplier<Duration> delay) {
        this.self = self;
        this.epoch = epoch;
        this.loop = loop;
        this.retention = retention;
        this.delay = delay;
    }

    /// The same log in the next process; what is not stored is gone, and this one does nothing more.
    FakeLog reopened() {
        isDead = true;
        FakeLog next = new FakeLog(self, epoch, loop, retention, delay);
        next.state.putAll(state);
        next.heard.putAll(heard);
        next.kept.addAll(kept);
        next.evicted = evicted;
        next.tip = tip;
        next.history.addAll(history);
        next.firstNoted.putAll(firstNoted);
        return next;
    }

    void die() {
        isDead = true;
    }

    /// Loses all entries and half of what waits, and begins another life.
    void lose(String nextEpoch) {
        for (int half = pending.size() / 2; half > 0; half--) {
            pending.remove().stored().completeExceptionally(new IllegalStateException("lost"));
        }
        epoch = nextEpoch;
        kept.clear();
        evicted = 0;
        tip = 0;
        wakers.forEach(Runnable::run);
    }

    @Override
    public CompletionStage<Cursor> append(Event event) {
        return add(null, event);
    }

    @Override
    public CompletionStage<Cursor> appendFrom(Origin origin, Event event) {
        if (refusesForEver.test(event)) {
            return CompletableFuture.failedStage(new IllegalArgumentException("none"));
        }
        return refuses.getAsBoolean()
                ? CompletableFuture.failedStage(new IllegalStateException("full"))
                : add(origin, event);
    }

    private CompletionStage<Cursor> add(@Nullable Origin origin, Event event) {
        CompletableFuture<Cursor> stored = new CompletableFuture<>();
        if (!isDead) {
            if (pending.isEmpty()) {
                loop.after(delay.get(), this::flush);
            }
            pending.add(new Pending(origin, event, stored));
        }
        return stored;
    }

    private void flush() {
        if (isDead) {
            return;
        }
        List<Pending> batch = new ArrayList<>(pending);
        pending.clear();
        batch.forEach(this::store);
        wakers.forEach(Runnable::run);
        batch.forEach(each -> each.stored().complete(new Cursor(epoch, tip)));
    }

    private void store(Pending next) {
        Event event = next.event();
        Cursor here = new Cursor(epoch, ++tip);
        Origin origin = next.origin() == null ? new Origin(self, here) : next.origin();
        Entry entry = new Entry(tip, event, origin, Buffer.buffer(event.data()));
        kept.add(entry);
        if (kept.size() - evicted > retention) {
            evicted++;
        }
        history.add(entry);
        if (!origin.replica().equals(self)) {
            heard.put(origin.replica(), origin.cursor());
        }
        if (!event.subject().isEmpty()) {
            state.remove(event.subject());
            if (!event.last()) {
                state.put(event.subject(), entry);
            }
        }
    }

    @Override
    public Map<String, Cursor> heard() {
        return Map.copyOf(heard);
    }

    @Override
    public void noteHeard(Origin origin) {
        if (!isDead) {
            heard.put(origin.replica(), origin.cursor());
            firstNoted.putIfAbsent(origin.replica() + "/" + origin.cursor().epoch(), origin.cursor());
        }
    }

    @Override
    public Extent extent() {
        return new Extent(epoch, evicted + 1, tip);
    }

    @Override
    public Read read(Cursor after, int maxEntries, int maxBytes) {
        return readStored(after, maxEntries, maxBytes);
    }

    /// Stores an event of this replica at once.
    void appendNow(Event event) {
        store(new Pending(null, event, new CompletableFuture<>()));
        wakers.forEach(Runnable::run);
    }

    @Override
    public Read readStored(Cursor after, int maxEntries, int maxBytes) {
        Read found = find(after, maxEntries);
        afterRead.run();
        return found;
    }

    private Read find(Cursor after, int maxEntries) {
        Extent extent = extent();
        if (!after.epoch().equals(epoch)) {
            return new Read.Lost(Loss.OTHER_EPOCH);
        }
        if (after.seq() > tip) {
            return new Read.Lost(Loss.AHEAD);
        }
        if (after.seq() < extent.floor() - 1) {
            return new Read.Lost(Loss.TOO_OLD);
        }
        int from = (int) after.seq();
        List<Entry> found = List.copyOf(kept.subList(from, Math.min(kept.size(), from + maxEntries)));
        return found.isEmpty() ? new Read.AtTip() : new Read.Entries(found);
    }

    @Override
    public State state() {
        return new State(new Cursor(epoch, tip), List.copyOf(state.values()));
    }

    @Override
    public Runnable onAppend(Runnable waker) {
        wakers.add(waker);
        return () -> wakers.remove(waker);
    }
}
