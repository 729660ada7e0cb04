package io.sandgate.proxy.replicate;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;

/// A loop on one Vert.x event-loop context.
public final class VertxLoop implements Loop {
    private final Vertx vertx;
    private final Context context;

    public VertxLoop(Vertx vertx, Context context) {
        this.vertx = vertx;
        this.context = context;
    }

    @Override
    public void execute(Runnable action) {
        context.runOnContext(ignored -> action.run());
    }

    @Override
    public Timer after(Duration delay, Runnable action) {
        // Vert.x timers are whole milliseconds from 1: up, so that none is early. They run on the context that sets them.
        long millis = Math.max(1, delay.plusNanos(999_999).toMillis());
        long id = vertx.setTimer(millis, ignored -> action.run());
        return () -> vertx.cancelTimer(id);
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }
}
