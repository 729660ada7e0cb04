package io.sandgate.api.connection;

import io.sandgate.gateway.connection.ticket.Ticket;
import io.sandgate.gateway.connection.ticket.TicketReading.Invalid;
import io.sandgate.gateway.connection.ticket.TicketReading.Valid;
import io.sandgate.gateway.connection.ticket.Tickets;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;

/// Lets in who has a ticket: it comes as `ticket` in the query, since browsers can give a WebSocket no header. Safe for any
/// thread.
public final class TicketAccess {
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final String PARAMETER = "ticket";

    private final Tickets tickets;

    /// What came of looking for a ticket.
    public sealed interface Answer {

        /// The caller has one that opens this.
        record Granted(Ticket ticket) implements Answer {}

        /// The caller has one that does not.
        ///
        /// @param status of the answer
        /// @param message what happened and what to do
        record Denied(int status, String message) implements Answer {}
    }

    public TicketAccess(Tickets tickets) {
        this.tickets = tickets;
    }

    /// Whether a request has a ticket, good or not.
    public static boolean isTried(RoutingContext context) {
        return !context.queryParam(PARAMETER).isEmpty();
    }

    /// Looks for a ticket that lets a client connect; empty when the request has none.
    public Optional<Answer> toConnect(RoutingContext context) {
        return read(context);
    }

    /// Looks for a ticket that opens the event stream of a team; empty when the request has none.
    public Optional<Answer> toEvents(RoutingContext context) {
        return read(context).map(answer -> answer instanceof Answer.Granted(Ticket ticket) && !ticket.events()
                ? new Answer.Denied(FORBIDDEN,
                        "The ticket does not open the event stream. Have one issued with \"events\": true")
                : answer);
    }

    private Optional<Answer> read(RoutingContext context) {
        List<String> sent = context.queryParam(PARAMETER);
        if (sent.isEmpty()) {
            return Optional.empty();
        }
        if (sent.size() > 1) {
            return Optional.of(new Answer.Denied(UNAUTHORIZED, "There is more than one ticket. Send one"));
        }
        return Optional.of(switch (tickets.read(sent.getFirst())) {
            case Valid(Ticket ticket) -> new Answer.Granted(ticket);
            case Invalid invalid -> new Answer.Denied(UNAUTHORIZED, invalid.message());
        });
    }
}
