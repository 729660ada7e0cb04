package io.sandgate.gateway.stream.pump;

import io.sandgate.proxy.replicate.Loop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;

/// A loop on virtual time that runs one task at a time, when it is told to.
final class StepLoop implements Loop {
    private record Due(long at, long order, Runnable action) {}

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final PriorityQueue<Due> timers = new PriorityQueue<>(
            Comparator.comparingLong(Due::at).thenComparingLong(Due::order));
    private long now = 1_000_000;
    private long orders;

    @Override
    public void execute(Runnable action) {
        tasks.add(action);
    }

    @Override
    public Timer after(Duration delay, Runnable action) {
        Due due = new Due(now + delay.toNanos(), orders++, action);
        timers.add(due);
        return () -> timers.remove(due);
    }

    @Override
    public long nanoTime() {
        return now;
    }

    int waiting() {
        return tasks.size();
    }

    /// Runs the next task; false when there is none.
    boolean step() {
        Runnable task = tasks.poll();
        if (task == null) {
            return false;
        }
        task.run();
        return true;
    }

    void pass(Duration time) {
        now += time.toNanos();
        while (!timers.isEmpty() && timers.peek().at() <= now) {
            tasks.add(timers.remove().action());
        }
    }

    void settle() {
        while (step()) {
            // all there is
        }
    }
}
