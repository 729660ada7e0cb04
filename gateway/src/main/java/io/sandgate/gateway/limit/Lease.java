package io.sandgate.gateway.limit;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A place for one connection, until it is closed. Safe for any thread.
public final class Lease implements Admission, AutoCloseable {
    private final AtomicReference<@Nullable Runnable> giveBack;

    Lease(Runnable giveBack) {
        this.giveBack = new AtomicReference<>(giveBack);
    }

    /// Gives the place back; only the first call does.
    @Override
    public void close() {
        Runnable first = giveBack.getAndSet(null);
        if (first != null) {
            first.run();
        }
    }
}
