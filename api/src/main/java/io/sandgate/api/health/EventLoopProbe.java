package io.sandgate.api.health;

import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import java.util.stream.StreamSupport;

/// Sends every event loop a tick, and fails when one has not answered its tick for too long.
///
/// A request through a listener proves the one loop that serves it. The others may be blocked, and with them the clients
/// that they serve, so each loop is asked. A loop gets its next tick when it has answered the last one. When whoever asks
/// was held up himself, as in a pause of the whole process, the ticks under way count from then.
public final class EventLoopProbe implements Probe {
    private final List<Loop> loops;
    private final Duration interval;
    private final Duration bound;
    private final LongSupplier nanoTime;
    private long lastAsked;

    /// @param loops all event loops of the process
    /// @param interval how often it will be asked
    /// @param bound the age at which an unanswered tick is a failure
    EventLoopProbe(Iterable<? extends Executor> loops, Duration interval, Duration bound,
            LongSupplier nanoTime) {
        this.loops = StreamSupport.stream(loops.spliterator(), false).map(Loop::new).toList();
        this.interval = interval;
        this.bound = bound;
        this.nanoTime = nanoTime;
        this.lastAsked = nanoTime.getAsLong();
    }

    /// Of all event loops of a Vert.x: those that serve connections, and the one that accepts them.
    public static EventLoopProbe of(Vertx vertx, Duration interval, Duration bound, LongSupplier nanoTime) {
        List<Executor> loops = new ArrayList<>();
        ((VertxInternal) vertx).nettyEventLoopGroup().forEach(loops::add);
        ((VertxInternal) vertx).acceptorEventLoopGroup().forEach(loops::add);
        return new EventLoopProbe(loops, interval, bound, nanoTime);
    }

    @Override
    public String name() {
        return "event-loops";
    }

    @Override
    public synchronized CompletionStage<Void> ask() {
        long now = nanoTime.getAsLong();
        boolean heldUp = now - lastAsked > interval.plus(bound).toNanos();
        lastAsked = now;
        int stuck = 0;
        long oldest = 0;
        for (Loop loop : loops) {
            long age = loop.tick(now, heldUp);
            oldest = Math.max(oldest, age);
            stuck += age > bound.toNanos() ? 1 : 0;
        }
        if (stuck == 0) {
            return CompletableFuture.completedFuture(null);
        }
        return CompletableFuture.failedFuture(new ProbeFailure(stuck + " of " + loops.size()
                + " event loops have not answered for up to " + Duration.ofNanos(oldest).toMillis() + " ms"));
    }

    private static final class Loop {
        private final Executor executor;
        private volatile boolean answered = true;
        private long sentAt;

        Loop(Executor executor) {
            this.executor = executor;
        }

        /// How old the unanswered tick is; sends one when there is none.
        long tick(long now, boolean heldUp) {
            if (answered) {
                answered = false;
                sentAt = now;
                try {
                    executor.execute(() -> answered = true);
                } catch (RejectedExecutionException closed) {
                    // A loop that takes no task answers none: its age says so.
                    return 0;
                }
            } else if (heldUp) {
                sentAt = now;
            }
            return now - sentAt;
        }
    }
}
