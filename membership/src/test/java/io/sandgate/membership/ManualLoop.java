package io.sandgate.membership;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// A loop whose tasks run when a test says so, on a clock that a test moves.
final class ManualLoop implements Loop {
    private record Timed(Duration due, Runnable task) {}

    private final Queue<Runnable> ready = new ArrayDeque<>();
    private final List<Timed> timed = new ArrayList<>();
    private Duration now = Duration.ZERO;

    @Override
    public void run(Runnable task) {
        ready.add(task);
    }

    @Override
    public void after(Duration delay, Runnable task) {
        timed.add(new Timed(now.plus(delay), task));
    }

    /// Its clock, as a nano time.
    long nanoTime() {
        return now.toNanos();
    }

    int waiting() {
        return ready.size();
    }

    /// Runs all that is ready.
    void drain() {
        for (Runnable task = ready.poll(); task != null; task = ready.poll()) {
            task.run();
        }
    }

    /// Moves the clock, and runs in its order what becomes due.
    void advance(Duration by) {
        Duration end = now.plus(by);
        drain();
        for (Timed next = next(end); next != null; next = next(end)) {
            timed.remove(next);
            now = next.due;
            next.task.run();
            drain();
        }
        now = end;
    }

    private @Nullable Timed next(Duration end) {
        return timed.stream().filter(entry -> entry.due.compareTo(end) <= 0).min(Comparator.comparing(Timed::due))
                .orElse(null);
    }
}
