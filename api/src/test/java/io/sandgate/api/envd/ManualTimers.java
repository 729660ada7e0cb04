package io.sandgate.api.envd;

import io.sandgate.api.envd.wire.Timers;
import io.vertx.core.Context;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/// Timers that fire when a test says so.
final class ManualTimers {

    private record Waiting(Context context, Duration delay, Runnable action, AtomicBoolean over) {}

    private final List<Waiting> waiting = new CopyOnWriteArrayList<>();

    Timers on(Context context) {
        return (delay, action) -> {
            Waiting timer = new Waiting(context, delay, action, new AtomicBoolean());
            waiting.add(timer);
            return new Timers.Timer() {
                @Override
                public void cancel() {
                    timer.over.set(true);
                    waiting.remove(timer);
                }

                @Override
                public boolean isOver() {
                    return timer.over.get();
                }
            };
        };
    }

    /// Whether something waits for just this long.
    boolean isWaiting(Duration delay) {
        return waiting.stream().anyMatch(timer -> timer.delay.equals(delay));
    }

    int count() {
        return waiting.size();
    }

    /// Fires all that wait for just this long; there must be some.
    void fire(Duration delay) {
        List<Waiting> due = waiting.stream().filter(timer -> timer.delay.equals(delay)).toList();
        if (due.isEmpty()) {
            throw new AssertionError("nothing waits for " + delay + ", but " + waiting);
        }
        for (Waiting timer : due) {
            waiting.remove(timer);
            timer.context.runOnContext(v -> {
                if (timer.over.compareAndSet(false, true)) {
                    timer.action.run();
                }
            });
        }
    }
}
