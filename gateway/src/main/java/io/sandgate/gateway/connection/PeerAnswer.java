package io.sandgate.gateway.connection;

import io.sandgate.proxy.route.Route;
import org.jspecify.annotations.Nullable;

/// What became of a request at the replica that it was sent to; immutable.
public sealed interface PeerAnswer {

    /// It was carried out.
    record Done() implements PeerAnswer {}

    /// There is no such connection, and never will be again; or nothing was asked for but this.
    ///
    /// @param newest what the replica has of the client: another row, or a deletion; null when it has neither
    record Gone(@Nullable Route newest) implements PeerAnswer {}

    /// The socket did not take it: too much waits for its client.
    record Full() implements PeerAnswer {}

    /// The connection is in as many rooms as one may be.
    record TooManyRooms() implements PeerAnswer {}

    /// What became of a message to a room.
    ///
    /// @param delivered how many sockets have taken it
    /// @param full how many have not
    record Counts(int delivered, int full) implements PeerAnswer {}
}
