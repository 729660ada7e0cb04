package io.sandgate.gateway.connection.ticket;

/// What came of looking at a ticket.
public sealed interface TicketReading {

    /// It holds.
    ///
    /// @param ticket what it says
    record Valid(Ticket ticket) implements TicketReading {}

    /// It opens nothing.
    enum Invalid implements TicketReading {
        /// It was valid once.
        EXPIRED("The ticket has expired. Have a new one issued"),
        /// It was not issued here, or its key was revoked; one that asks is not told which.
        NOT_VALID("The ticket is not valid. Have one issued with POST /connections/tickets");

        private final String message;

        Invalid(String message) {
            this.message = message;
        }

        /// What happened and what to do.
        public String message() {
            return message;
        }
    }
}
