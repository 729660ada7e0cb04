package io.sandgate.api.connection;

import io.sandgate.api.connection.TicketAccess.Answer.Denied;
import io.sandgate.api.connection.TicketAccess.Answer.Granted;
import io.sandgate.api.http.Answers;
import io.sandgate.api.http.SocketUpgrade;
import io.sandgate.api.http.SocketUpgrade.Flaw;
import io.sandgate.gateway.connection.ClientKey;
import io.sandgate.gateway.connection.socket.Entrant;
import io.sandgate.gateway.connection.socket.Sockets;
import io.sandgate.gateway.connection.ticket.Ticket;
import io.sandgate.gateway.limit.ConnectionLimits;
import io.sandgate.gateway.limit.Lease;
import io.sandgate.gateway.limit.Refused;
import io.sandgate.gateway.websocket.WebSocketChannel;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;

/// `GET /connections/ws`: opens the WebSocket of a client.
final class SocketCalls {
    private static final int FORBIDDEN = 403;
    private static final int UPGRADE_REQUIRED = 426;

    private final Sockets sockets;
    private final TicketAccess tickets;
    private final ConnectionLimits limits;

    SocketCalls(Sockets sockets, TicketAccess tickets, ConnectionLimits limits) {
        this.sockets = sockets;
        this.tickets = tickets;
        this.limits = limits;
    }

    /// Lets a client in by its ticket, or by the key of the caller.
    void open(RoutingContext context, String team, String keyId) {
        Optional<String> client = Parameters.query(context, "client");
        switch (tickets.toConnect(context).orElse(null)) {
            case Denied(int status, String message) -> Answers.error(context, status, message);
            case Granted(Ticket ticket) -> byTicket(context, ticket, client);
            case null -> byKey(context, team, keyId, client);
        }
    }

    private void byTicket(RoutingContext context, Ticket ticket, Optional<String> client) {
        if (client.isPresent() && !client.get().equals(ticket.client())) {
            Answers.error(context, FORBIDDEN,
                    "The ticket is for another client. Leave the parameter client out, or have a ticket issued for it");
            return;
        }
        upgrade(context, new Entrant(new ClientKey(ticket.team(), ticket.client()), ticket.keyId(),
                ticket.rooms()::contains));
    }

    private void byKey(RoutingContext context, String team, String keyId, Optional<String> client) {
        String id = Parameters.client(client.orElseThrow(
                () -> new BadRequestException("client: missing (expected: /connections/ws?client=<id>)")));
        upgrade(context, new Entrant(new ClientKey(team, id), keyId, room -> true));
    }

    private void upgrade(RoutingContext context, Entrant entrant) {
        HttpServerRequest request = context.request();
        if (!request.canUpgradeToWebSocket()) {
            context.response().putHeader("upgrade", "websocket");
            Answers.error(context, UPGRADE_REQUIRED, request.path() + " is a WebSocket (expected: a request that "
                    + "upgrades to one, over HTTP/1.1)");
            return;
        }
        Optional<Flaw> flaw = SocketUpgrade.flaw(request);
        if (flaw.isPresent()) {
            Answers.error(context, flaw.get().status(), flaw.get().message());
            return;
        }
        switch (limits.admit(address(request), keyName(entrant))) {
            case Refused refused -> {
                context.response().putHeader("retry-after", Integer.toString(refused.retrySeconds()));
                Answers.error(context, refused.status(), refused.message());
            }
            case Lease lease -> SocketUpgrade.accept(request).ifPresentOrElse(socket -> open(socket, entrant, lease),
                    lease::close);
        }
    }

    private void open(WebSocketChannel socket, Entrant entrant, Lease lease) {
        try {
            sockets.open(socket, entrant, lease);
        } catch (RuntimeException e) {
            lease.close();
            socket.abort();
            throw e;
        }
    }

    private static String address(HttpServerRequest request) {
        SocketAddress remote = request.remoteAddress();
        String literal = remote == null ? null : remote.hostAddress();
        return literal == null ? "" : literal;
    }

    /// No id of a key begins with a colon.
    private static String keyName(Entrant entrant) {
        return entrant.keyId().isEmpty() ? ":" + entrant.key().team() : entrant.keyId();
    }
}
