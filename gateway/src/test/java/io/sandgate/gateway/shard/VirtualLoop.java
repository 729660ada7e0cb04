package io.sandgate.gateway.shard;

import io.sandgate.proxy.replicate.Loop;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/// A loop on virtual time: nothing passes but what is run here. What is due at the same moment runs in the order in which it
/// was asked for.
public final class VirtualLoop implements Loop {
    private static final int MAX_EVENTS = 10_000_000;

    private record Event(long at, long order, Runnable action) {}

    private final PriorityQueue<Event> events = new PriorityQueue<>(
            Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
    private long now;
    private long orders;

    /// @param now where its clock begins, in nanoseconds
    public VirtualLoop(long now) {
        this.now = now;
    }

    @Override
    public void execute(Runnable action) {
        events.add(new Event(now, orders++, action));
    }

    @Override
    public Timer after(Duration delay, Runnable action) {
        Event event = new Event(now + Math.max(0, delay.toNanos()), orders++, action);
        events.add(event);
        return () -> events.remove(event);
    }

    @Override
    public long nanoTime() {
        return now;
    }

    /// Runs everything that is due within a time, which is over then.
    public void run(Duration time) {
        long end = now + time.toNanos();
        for (int ran = 0; !events.isEmpty() && events.peek().at() - end <= 0; ran++) {
            if (ran == MAX_EVENTS) {
                throw new IllegalStateException("it never ends");
            }
            Event next = events.remove();
            now = Math.max(now, next.at());
            next.action().run();
        }
        now = end;
    }

    /// Runs what is due now.
    public void run() {
        run(Duration.ZERO);
    }

    /// Lets a time pass in which nothing runs, as in a pause of the process: what falls due is late.
    public void stall(Duration time) {
        now += time.toNanos();
    }
}
