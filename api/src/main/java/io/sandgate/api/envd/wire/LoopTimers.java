package io.sandgate.api.envd.wire;

import io.vertx.core.Context;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/// Timers of one event loop.
///
/// @param context whose loop runs the actions
public record LoopTimers(Context context) implements Timers {

    @Override
    public Timer after(Duration delay, Runnable action) {
        AtomicBoolean over = new AtomicBoolean();
        long[] id = {-1};
        context.runOnContext(v -> {
            if (!over.get()) {
                id[0] = context.owner().setTimer(Math.max(1, delay.toMillis()), fired -> {
                    if (over.compareAndSet(false, true)) {
                        action.run();
                    }
                });
            }
        });
        return new Timer() {
            @Override
            public void cancel() {
                if (over.compareAndSet(false, true)) {
                    context.runOnContext(v -> context.owner().cancelTimer(id[0]));
                }
            }

            @Override
            public boolean isOver() {
                return over.get();
            }
        };
    }
}
