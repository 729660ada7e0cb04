package io.sandgate.gateway.connection.socket;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.util.concurrent.EventExecutor;
import io.sandgate.gateway.connection.ClientKey;
import io.sandgate.gateway.connection.ClientSocket;
import io.sandgate.gateway.connection.Held;
import io.sandgate.gateway.connection.Opening;
import io.sandgate.gateway.connection.Opening.Opened;
import io.sandgate.gateway.connection.Opening.Refused;
import io.sandgate.gateway.limit.Lease;
import io.sandgate.gateway.websocket.WebSocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/// The sockets of the clients that are connected to this replica.
///
/// They have no timers of their own: one for each event loop looks at all sockets there. May be used from any event loop.
public final class Sockets implements AutoCloseable {
    private static final Duration SLOWEST_TICK = Duration.ofSeconds(1);
    private static final int TICKS = 4;

    /// Opens the connection of a socket.
    @FunctionalInterface
    public interface Opener {

        /// Opens a connection for a socket, with the rooms that it is in from the start.
        Opening open(ClientKey key, Set<String> rooms, ClientSocket socket);
    }

    private final Opener opener;
    private final String replica;
    private final BiPredicate<String, String> isKeyValid;
    private final SocketSettings settings;
    private final LongSupplier nanos;
    private final SocketMeters meters;
    private final Duration tick;
    private final Map<EventExecutor, LoopSockets> loops = new ConcurrentHashMap<>();

    /// @param replica the id of this replica, which clients are told
    /// @param isKeyValid whether the key of a team with that id is still good; asked again and again on event loops, must not
    ///     block
    /// @param nanos a clock that only goes forward
    public Sockets(Opener opener, String replica, BiPredicate<String, String> isKeyValid, SocketSettings settings,
            LongSupplier nanos, MeterRegistry meters) {
        this.opener = opener;
        this.replica = replica;
        this.isKeyValid = isKeyValid;
        this.settings = settings;
        this.nanos = nanos;
        this.meters = new SocketMeters(meters);
        this.tick = Stream.of(settings.writeStall(), settings.pingEvery(), settings.closeWait())
                .map(each -> each.dividedBy(TICKS)).filter(each -> each.compareTo(SLOWEST_TICK) < 0)
                .min(Duration::compareTo).orElse(SLOWEST_TICK);
    }

    /// Connects a client over its socket. To be called on the socket's event loop, when the handshake is done.
    ///
    /// @param lease the socket's place, given back when it is closed
    public void open(WebSocketChannel socket, Entrant entrant, Lease lease) {
        LoopSockets loop = loops.computeIfAbsent(socket.channel().eventLoop(),
                executor -> new LoopSockets(executor, settings, meters, nanos, tick));
        ConnectionSocket opened = new ConnectionSocket(socket, loop);
        switch (opener.open(entrant.key(), Set.of(), opened)) {
            case Opened(Held held) -> {
                opened.listen(new ClientSession(opened, held, entrant, lease, isKeyValid),
                        ServerFrames.connected(entrant.key().client(), held.connectionId(), replica));
                // whom the client tells its connection must be able to send to it from any replica
                held.known().whenComplete((known, failure) -> opened.begin());
            }
            case Refused(int code, String reason) -> {
                opened.listen(new Turned(lease), null);
                opened.close(code, reason);
            }
        }
    }

    /// A client that was let in and then could not be connected.
    private record Turned(Lease lease) implements SocketListener {

        @Override
        public void received(ClientFrame frame) {
            // it is closed already
        }

        @Override
        public boolean isAllowed() {
            return true;
        }

        @Override
        public void closed() {
            lease.close();
        }
    }

    /// Stops looking at the sockets; closes none.
    @Override
    public void close() {
        loops.values().forEach(LoopSockets::stop);
    }
}
