/// Tickets that the holder of an API key gives to clients, who have no key.
///
/// Starting point: [io.sandgate.gateway.connection.ticket.Tickets].
@NullMarked
package io.sandgate.gateway.connection.ticket;

import org.jspecify.annotations.NullMarked;
