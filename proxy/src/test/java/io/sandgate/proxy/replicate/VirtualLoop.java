package io.sandgate.proxy.replicate;

import java.time.Duration;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/// A loop on virtual time: nothing passes but what is run here, and the same seed gives the same order of events.
///
/// Actions that are handed over run in their order, as the loop promises; timers that are due at the same moment run in
/// an order that the seed decides, before or after them.
public final class VirtualLoop implements Loop {
    private static final int MAX_EVENTS_AT_ONE_MOMENT = 1_000_000;

    private static final class Event implements Comparable<Event> {
        private final long at;
        private final int tie;
        private final long order;
        private final Runnable action;
        private boolean cancelled;

        Event(long at, int tie, long order, Runnable action) {
            this.at = at;
            this.tie = tie;
            this.order = order;
            this.action = action;
        }

        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(at, other.at);
            int byTie = byTime != 0 ? byTime : Integer.compare(tie, other.tie);
            return byTie != 0 ? byTie : Long.compare(order, other.order);
        }
    }

    private final SplittableRandom random;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long now;
    private long orders;

    public VirtualLoop(long seed) {
        random = new SplittableRandom(seed);
    }

    @Override
    public void execute(Runnable action) {
        events.add(new Event(now, 0, orders++, action));
    }

    @Override
    public Timer after(Duration delay, Runnable action) {
        Event event = new Event(now + Math.max(0, delay.toNanos()), random.nextInt(-1_000, 1_000), orders++, action);
        events.add(event);
        return () -> event.cancelled = true;
    }

    @Override
    public long nanoTime() {
        return now;
    }

    /// Milliseconds since the start.
    public long millis() {
        return now / 1_000_000;
    }

    /// Runs everything that happens within a time, which is over then.
    public void run(Duration time) {
        long end = now + time.toNanos();
        runUntil(() -> false, end);
        now = Math.max(now, end);
    }

    /// Lets a time pass in which the loop runs nothing, as in a pause of the process: what falls due is late.
    public void stall(Duration time) {
        now += time.toNanos();
    }

    /// Runs until the condition holds.
    ///
    /// @return how long that took
    /// @throws AssertionError when it does not hold in a time
    public Duration runUntil(BooleanSupplier condition, Duration limit) {
        long start = now;
        if (!runUntil(condition, start + limit.toNanos())) {
            throw new AssertionError("not within " + limit);
        }
        return Duration.ofNanos(now - start);
    }

    private boolean runUntil(BooleanSupplier condition, long end) {
        int atOneMoment = 0;
        while (!condition.getAsBoolean()) {
            Event next = events.peek();
            if (next == null || next.at > end) {
                return false;
            }
            events.remove();
            if (next.cancelled) {
                continue;
            }
            atOneMoment = next.at > now ? 0 : atOneMoment + 1;
            if (atOneMoment > MAX_EVENTS_AT_ONE_MOMENT) {
                throw new AssertionError("busy without end at " + Duration.ofNanos(now));
            }
            now = Math.max(now, next.at);
            next.action.run();
        }
        return true;
    }
}
