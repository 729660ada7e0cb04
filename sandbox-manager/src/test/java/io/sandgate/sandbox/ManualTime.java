package io.sandgate.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// A clock that stands still, and an alarm that rings, until the test moves on.
final class ManualTime implements InstantSource, Alarm {

    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private record Task(Instant at, long order, Runnable run) {}

    private final PriorityQueue<Task> tasks = new PriorityQueue<>(
            Comparator.comparing(Task::at).thenComparingLong(Task::order));
    private Instant now = START;
    private long order;

    @Override
    public synchronized Instant instant() {
        return now;
    }

    @Override
    public synchronized Runnable after(Duration delay, Runnable task) {
        Task entry = new Task(now.plus(delay), order++, task);
        tasks.add(entry);
        return () -> cancel(entry);
    }

    /// Runs what falls due within `step`, each task at its time.
    void advance(Duration step) {
        Instant end = instant().plus(step);
        for (Task next = next(end); next != null; next = next(end)) {
            next.run().run();
        }
        synchronized (this) {
            now = end;
        }
    }

    synchronized int waiting() {
        return tasks.size();
    }

    @Override
    public synchronized void close() {
        tasks.clear();
    }

    private synchronized void cancel(Task task) {
        tasks.remove(task);
    }

    private synchronized @Nullable Task next(Instant end) {
        Task first = tasks.peek();
        if (first == null || first.at().isAfter(end)) {
            return null;
        }
        tasks.remove();
        if (first.at().isAfter(now)) {
            now = first.at();
        }
        return first;
    }
}
