package io.sandgate.gateway.connection;

import java.util.concurrent.CompletionStage;

/// A connection of this replica, in the hands of its socket. May be used from any thread.
public interface Held {

    /// What became of a wish to be in a room.
    enum Joining {
        /// It is in the room, also when it was before.
        JOINED,
        /// It is in as many as one may be.
        TOO_MANY,
        /// The connection is over.
        CLOSED
    }

    /// What tells it from all others: 128 random bits in hexadecimal digits.
    String connectionId();

    /// Done when the healthy peers know of the connection, or have had their time: whom the client tells its connection then
    /// can send to it anywhere. Never fails.
    CompletionStage<Void> known();

    /// The socket is closed, by whomever: the row is withdrawn if it is still that of this connection. Later calls do nothing.
    void closed();

    /// Puts the client into a room.
    ///
    /// @param room see [Names#isRoom]
    Joining join(String room);

    /// Takes the client out of a room, if it is there.
    void leave(String room);
}
