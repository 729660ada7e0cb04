package io.sandgate.proxy.forward;

import io.netty.channel.Channel;
import io.sandgate.proxy.http2.StreamScratch;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The connections of one event loop to the ports of sandboxes that speak HTTP/2. Confined to that event loop.
final class SharedConnections {

    /// A stream, and whether its connection had been used before.
    record Opened(Channel stream, boolean reused) {}

    private record Place(LifePool life, int port) {}

    private static final class Port {
        private final List<SharedConnection> connections = new ArrayList<>();
        private final Deque<Consumer<@Nullable Opened>> waiting = new ArrayDeque<>();
        private boolean connecting;
    }

    private final Connector connector;
    private final PortProtocols protocols;
    private final StreamScratch scratch;
    private final Duration keep;
    private final Consumer<LifePool> onEmpty;
    private final Map<Place, Port> ports = new HashMap<>();

    /// @param keep how long a connection is kept without a stream
    /// @param onEmpty hears of a life that has one connection fewer
    SharedConnections(Connector connector, PortProtocols protocols, StreamScratch scratch, Duration keep,
            Consumer<LifePool> onEmpty) {
        this.connector = connector;
        this.protocols = protocols;
        this.scratch = scratch;
        this.keep = keep;
        this.onEmpty = onEmpty;
    }

    /// Opens a stream to a port.
    ///
    /// @param fresh whether it must be on a connection that served no request yet
    /// @param done takes it, or null when there is none
    void open(LifePool life, int number, boolean fresh, Consumer<@Nullable Opened> done) {
        Place place = new Place(life, number);
        Port port = ports.computeIfAbsent(place, key -> new Port());
        SharedConnection free = free(port, fresh);
        if (free != null) {
            open(free, done);
            return;
        }
        port.waiting.add(done);
        if (!port.connecting) {
            connect(place, port);
        }
    }

    private static @Nullable SharedConnection free(Port port, boolean fresh) {
        for (SharedConnection connection : port.connections) {
            if (connection.hasRoom() && !(fresh && connection.isUsed())) {
                return connection;
            }
        }
        return null;
    }

    private static void open(SharedConnection connection, Consumer<@Nullable Opened> done) {
        boolean reused = connection.isUsed();
        connection.open(stream -> done.accept(stream == null ? null : new Opened(stream, reused)));
    }

    private void connect(Place place, Port port) {
        port.connecting = true;
        place.life().hold(1);
        connector.connect(place.life(), place.port(), channel -> {
            port.connecting = false;
            if (channel != null && !place.life().isOver()) {
                connected(place, port, channel);
                return;
            }
            if (channel != null) {
                var _ = channel.close();
            }
            giveUp(place, port);
        });
    }

    /// There is no connection, and those who wait for it get none.
    private void giveUp(Place place, Port port) {
        List<Consumer<@Nullable Opened>> given = new ArrayList<>(port.waiting);
        port.waiting.clear();
        ended(place, port);
        given.forEach(waiter -> waiter.accept(null));
    }

    private void connected(Place place, Port port, Channel channel) {
        SharedConnection connection = new SharedConnection(channel,
                protocols.tls().contains(place.port()) ? "https" : "http", scratch, keep);
        port.connections.add(connection);
        channel.closeFuture().addListener(closed -> {
            port.connections.remove(connection);
            if (port.connecting) {
                ended(place, port);
            } else {
                giveUp(place, port);
            }
        });
        while (!port.waiting.isEmpty() && connection.hasRoom()) {
            open(connection, port.waiting.remove());
        }
        if (!port.waiting.isEmpty() && channel.isActive()) {
            connect(place, port);
        }
    }

    private void ended(Place place, Port port) {
        if (port.connections.isEmpty() && !port.connecting && port.waiting.isEmpty()) {
            ports.remove(place, port);
        }
        place.life().hold(-1);
        onEmpty.accept(place.life());
    }

    /// Ends a life: all its connections are closed.
    void end(LifePool life) {
        for (Map.Entry<Place, Port> each : new ArrayList<>(ports.entrySet())) {
            if (each.getKey().life() == life) {
                new ArrayList<>(each.getValue().connections).forEach(SharedConnection::close);
            }
        }
    }
}
