package io.sandgate.gateway.connection;

/// What became of something that was sent to a client.
public sealed interface Outcome {

    /// The socket of its connection has taken it, or it was carried out there.
    ///
    /// @param id of the message
    /// @param connection that has it
    /// @param replica that holds the connection
    record Delivered(String id, String connection, String replica) implements Outcome {}

    /// There is no such client or connection.
    record Offline() implements Outcome {}

    /// It may be tried again: the replica that holds the connection cannot be reached, or what waits there is too much.
    ///
    /// @param why in words
    record Retry(String why) implements Outcome {}

    /// It was understood and not done, and will not be.
    ///
    /// @param why in words
    record Refused(String why) implements Outcome {}
}
