package io.sandgate.gateway.connection.socket;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// The sockets of one event loop, with one timer for all of them. Confined to that event loop, where nothing else is said.
final class LoopSockets {
    private final SocketSettings settings;
    private final SocketMeters meters;
    private final LongSupplier nanos;
    private final Set<ConnectionSocket> sockets = new HashSet<>();
    private final Future<?> timer;

    /// @param tick how often each socket is looked at
    LoopSockets(EventExecutor executor, SocketSettings settings, SocketMeters meters, LongSupplier nanos,
            Duration tick) {
        this.settings = settings;
        this.meters = meters;
        this.nanos = nanos;
        this.timer = executor.scheduleWithFixedDelay(this::check, tick.toNanos(), tick.toNanos(), TimeUnit.NANOSECONDS);
    }

    SocketSettings settings() {
        return settings;
    }

    SocketMeters meters() {
        return meters;
    }

    long now() {
        return nanos.getAsLong();
    }

    void add(ConnectionSocket socket) {
        sockets.add(socket);
    }

    void remove(ConnectionSocket socket) {
        sockets.remove(socket);
    }

    private void check() {
        long now = now();
        // a check can end a socket
        List<ConnectionSocket> present = new ArrayList<>(sockets);
        for (ConnectionSocket socket : present) {
            socket.check(now);
        }
    }

    /// Stops looking. May be called from any thread.
    void stop() {
        timer.cancel(false);
    }
}
