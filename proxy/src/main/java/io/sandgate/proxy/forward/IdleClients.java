package io.sandgate.proxy.forward;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Closes connections of clients on which nothing came or went for too long. One look at all of them now and then costs less than
/// a timer for each. Confined to its event loop.
final class IdleClients {
    private static final long LONGEST_INTERVAL_MILLIS = 10_000;

    private final EventLoop loop;
    private final long timeoutMillis;
    private final LongSupplier nanoTime;
    private final Set<ClientConnection> clients = new HashSet<>();
    private boolean looking;

    IdleClients(EventLoop loop, ForwardSettings settings, LongSupplier nanoTime) {
        this.loop = loop;
        this.timeoutMillis = settings.clientIdleTimeout().toMillis();
        this.nanoTime = nanoTime;
    }

    void add(ClientConnection client) {
        clients.add(client);
        lookLater();
    }

    void remove(ClientConnection client) {
        clients.remove(client);
    }

    private void lookLater() {
        if (!looking && timeoutMillis > 0 && !clients.isEmpty()) {
            looking = true;
            var _ = loop.schedule(() -> {
                looking = false;
                look();
                lookLater();
            }, Math.clamp(timeoutMillis / 4, 1, LONGEST_INTERVAL_MILLIS), TimeUnit.MILLISECONDS);
        }
    }

    private void look() {
        long now = nanoTime.getAsLong();
        for (ClientConnection client : new ArrayList<>(clients)) {
            if (now - client.lastActive() > TimeUnit.MILLISECONDS.toNanos(timeoutMillis)) {
                client.line().close();
            }
        }
    }
}
