package io.sandgate.sandbox.outbound;

import java.time.Duration;
import java.util.function.LongSupplier;

/// When something last passed through a connection, in either direction.
final class Pulse {

    private final LongSupplier nanos;
    private volatile long longest;
    private volatile long last;

    /// @param longest how long nothing may pass
    Pulse(LongSupplier nanos, Duration longest) {
        this.nanos = nanos;
        this.longest = longest.toNanos();
        this.last = nanos.getAsLong();
    }

    long now() {
        return nanos.getAsLong();
    }

    void beat() {
        last = now();
    }

    /// Bounds the silence more narrowly.
    void shorten(Duration time) {
        longest = Math.min(longest, time.toNanos());
    }

    /// How much longer nothing may pass.
    long left() {
        return last + longest - now();
    }
}
