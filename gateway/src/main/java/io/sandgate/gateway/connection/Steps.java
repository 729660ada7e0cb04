package io.sandgate.gateway.connection;

import io.sandgate.proxy.replicate.Loop;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;

/// Work of many small steps, of which so many are done in one task, so that what else is to be done on an event loop does not wait
/// for all of them.
///
/// The first task is the caller's, the others are the loop's. Each hands over to the next: no two run at the same time.
final class Steps {
    /// Messages that are handed to sockets in less than a millisecond.
    static final int AT_ONCE = 512;
    /// An event loop does all that is executed on it before it reads from any socket: only a timer lets it read in between.
    private static final Duration PAUSE = Duration.ofMillis(1);

    private final BooleanSupplier step;
    private final Loop loop;
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    private Steps(BooleanSupplier step, Loop loop) {
        this.step = step;
        this.loop = loop;
    }

    /// Does steps until there are no more.
    ///
    /// @param step does one, and tells whether there was one
    static CompletionStage<Void> run(BooleanSupplier step, Loop loop) {
        Steps steps = new Steps(step, loop);
        steps.proceed();
        return steps.done.minimalCompletionStage();
    }

    private void proceed() {
        try {
            for (int i = 0; i < AT_ONCE; i++) {
                if (!step.getAsBoolean()) {
                    done.complete(null);
                    return;
                }
            }
            loop.execute(() -> loop.after(PAUSE, this::proceed));
        } catch (RuntimeException e) {
            // also when the loop is no more
            done.completeExceptionally(e);
        }
    }
}
