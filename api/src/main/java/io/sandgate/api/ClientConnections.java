package io.sandgate.api;

import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.api.connection.ConnectionsApi;
import io.sandgate.api.connection.ConnectionsPeerApi;
import io.sandgate.api.connection.TicketAccess;
import io.sandgate.api.settings.Settings;
import io.sandgate.gateway.connection.Connections;
import io.sandgate.gateway.connection.MembershipOwners;
import io.sandgate.gateway.connection.peer.HttpPeerTransport;
import io.sandgate.gateway.connection.socket.Sockets;
import io.sandgate.gateway.connection.ticket.Tickets;
import io.sandgate.gateway.limit.ConnectionLimits;
import io.sandgate.gateway.stream.log.EventLog;
import io.sandgate.membership.Membership;
import io.sandgate.membership.MembershipChange;
import io.sandgate.proxy.replicate.HttpPeers;
import io.sandgate.proxy.replicate.VertxLoop;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.internal.VertxInternal;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BiPredicate;

/// The connections of a replica's clients with their rows, sockets and tickets, wired together.
final class ClientConnections implements AutoCloseable {
    private static final Duration PEER_CONNECT = Duration.ofSeconds(1);
    private static final Duration DRAIN = Duration.ofMillis(800);

    private final Settings settings;
    private final InstantSource clock;
    private final Stopping stopping = new Stopping();
    /// The members that were seen in this life.
    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private final ConnectionLimits limits;
    private final Connections connections;
    private final Sockets sockets;
    private final Tickets tickets;

    /// @param workers run what may block
    /// @param seed that all replicas share, or this one's own
    /// @param isKeyValid whether the key of a team with that id is still good; the id is empty for a key from the settings
    ClientConnections(Vertx vertx, Settings settings, HttpClientOptions transport, Membership membership,
            Routing routing, EventLog log, Executor workers, String seed, BiPredicate<String, String> isKeyValid,
            InstantSource clock,
            SecureRandom random, MeterRegistry meters) {
        ModuleSettings modules = new ModuleSettings(settings);
        this.settings = settings;
        this.clock = clock;
        this.limits = new ConnectionLimits(modules.limits(), System::nanoTime, meters);
        String self = settings.replica().id();
        HttpPeerTransport peers = stopping.close("peers",
                new HttpPeerTransport(vertx, transport, self, HttpPeers.SENDER, PEER_CONNECT));
        this.connections = stopping.close("connections", new Connections(modules.connections(),
                new Connections.Environment(self, routing.table(), routing.sync()::publish, routing::ask,
                        new MembershipOwners(membership), peers,
                        new VertxLoop(vertx, ((VertxInternal) vertx).createEventLoopContext()), log, log, workers,
                        () -> membership.self().incarnation(), clock, random),
                meters));
        log.onLost(connections::assertPresence);
        membership.onReturned(connections::assertAnew);
        membership.onChange(this::met);
        membership.members().forEach(member -> known.add(member.id()));
        this.sockets = stopping.close("sockets",
                new Sockets(connections::open, self, isKeyValid, modules.sockets(), System::nanoTime, meters));
        this.tickets = new Tickets(seed.getBytes(StandardCharsets.UTF_8), clock, isKeyValid);
    }

    /// Who comes back may have said of our clients meanwhile that they are gone.
    private void met(MembershipChange change) {
        boolean back = switch (change) {
            case MembershipChange.Joined joined -> !known.add(joined.member().id());
            case MembershipChange.Merged _ -> true;
            case MembershipChange.Updated _,MembershipChange.Left _ -> false;
        };
        if (back) {
            connections.assertAnew();
        }
    }

    /// Compares what the log says of who is connected with what the table holds, now that the others were asked.
    void begin() {
        connections.assertPresence();
    }

    ConnectionLimits limits() {
        return limits;
    }

    TicketAccess tickets() {
        return new TicketAccess(tickets);
    }

    ConnectionsApi api() {
        return new ConnectionsApi(connections, sockets, tickets, limits, clock, settings.connections().maxMessage());
    }

    ConnectionsPeerApi peerApi() {
        return new ConnectionsPeerApi(connections);
    }

    /// Ends all connections, whose rows are gone then.
    void drain() {
        Stages.awaitQuietly(connections.drain(DRAIN), DRAIN.multipliedBy(2));
    }

    @Override
    public void close() {
        stopping.stop();
    }
}
