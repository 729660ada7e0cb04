package io.sandgate.gateway.connection;

/// What became of a wish to connect.
public sealed interface Opening {

    /// It is connected.
    record Opened(Held held) implements Opening {}

    /// It is not.
    ///
    /// @param code of the close frame
    /// @param reason a word for it
    record Refused(int code, String reason) implements Opening {}
}
