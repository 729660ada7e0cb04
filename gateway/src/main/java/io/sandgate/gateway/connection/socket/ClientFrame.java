package io.sandgate.gateway.connection.socket;

/// A message of a client's.
sealed interface ClientFrame {

    /// The client asks to be in a room.
    record Join(String room) implements ClientFrame {}

    /// The client asks to be out of a room.
    record Leave(String room) implements ClientFrame {}

    /// The client asks for an answer.
    record Ping() implements ClientFrame {}

    /// None of those.
    ///
    /// @param code with which the connection is closed
    /// @param why what was wrong, and what is expected
    record Unreadable(int code, String why) implements ClientFrame {}
}
