package io.sandgate.gateway.stream.pump;

import io.sandgate.proxy.replicate.Loop;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where a pump has done what would hold up its loop. Belongs to that loop.
final class Aside {
    private static final Logger log = LoggerFactory.getLogger(Aside.class);

    private final Loop loop;
    private final Executor workers;

    Aside(Loop loop, Executor workers) {
        this.loop = loop;
        this.workers = workers;
    }

    /// Does something, then tells the loop what came of it.
    ///
    /// @param then gets nothing when the task failed, which is logged
    /// @return false when it is not done, since the replica stops
    <T> boolean run(Supplier<T> task, Consumer<Optional<T>> then) {
        try {
            workers.execute(() -> {
                Optional<T> found = tried(task);
                loop.execute(() -> then.accept(found));
            });
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /// Whatever is thrown, an [Error] too: the pump would otherwise wait for an answer for ever.
    private static <T> Optional<T> tried(Supplier<T> task) {
        try {
            return Optional.of(task.get());
        } catch (Throwable e) {
            log.error("events.read.failed", e);
            return Optional.empty();
        }
    }
}
