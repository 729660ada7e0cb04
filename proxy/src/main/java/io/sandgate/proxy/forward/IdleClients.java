package io.sandgate.proxy.forward;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Ends connections of clients that are too slow: on which nothing came or went for too long, or which take too long for a
/// request. One look at all of them now and then costs less than a timer for each. Confined to its event loop.
final class IdleClients {

    /// A connection of a client.
    interface Client {
        /// When something last came or was sent, as far as somebody who looks now and then can tell.
        long lastActive(long now);

        /// Whether the head or the body of a request takes too long, as far as somebody who looks now and then can tell.
        boolean isSlow(long now);

        /// Nothing came or went for too long.
        void closeIdle();

        /// A request takes too long.
        void refuseSlow(long now);

        /// The replica stops, and so does the tunnel that this may have become.
        void endTunnel();
    }

    private static final long LONGEST_INTERVAL_MILLIS = 10_000;

    private final EventLoop loop;
    private final long idleNanos;
    private final long intervalMillis;
    private final LongSupplier nanoTime;
    private final Set<Client> clients = new HashSet<>();
    private boolean looking;

    IdleClients(EventLoop loop, ForwardSettings settings, LongSupplier nanoTime) {
        this.loop = loop;
        this.idleNanos = settings.clients().idleTimeout().toNanos();
        long slow = Math.min(settings.clients().headTimeout().toNanos(), settings.clients().bodyWindow().toNanos());
        long shortest = idleNanos == 0 ? slow : Math.min(idleNanos, slow);
        this.intervalMillis = Math.clamp(TimeUnit.NANOSECONDS.toMillis(shortest) / 4, 1, LONGEST_INTERVAL_MILLIS);
        this.nanoTime = nanoTime;
    }

    void add(Client client) {
        clients.add(client);
        lookLater();
    }

    void remove(Client client) {
        clients.remove(client);
    }

    /// All that are there now.
    List<Client> clients() {
        return List.copyOf(clients);
    }

    private void lookLater() {
        if (!looking && !clients.isEmpty()) {
            looking = true;
            var _ = loop.schedule(() -> {
                looking = false;
                look();
                lookLater();
            }, intervalMillis, TimeUnit.MILLISECONDS);
        }
    }

    private void look() {
        long now = nanoTime.getAsLong();
        List<Client> idle = new ArrayList<>();
        List<Client> slow = new ArrayList<>();
        for (Client client : clients) {
            if (idleNanos > 0 && now - client.lastActive(now) > idleNanos) {
                idle.add(client);
            } else if (client.isSlow(now)) {
                slow.add(client);
            }
        }
        idle.forEach(Client::closeIdle);
        slow.forEach(client -> client.refuseSlow(now));
    }
}
