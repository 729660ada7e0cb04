package io.sandgate.gateway.connection;

/// The socket of one connection. May be called from any thread, and must neither block nor call back on the same one.
public interface ClientSocket {

    /// Sends a text frame after those that were taken before.
    ///
    /// @return false when too much waits for the client to read: it was not taken
    boolean deliver(String frame);

    /// Tells the client why, where that can be written, and closes the socket.
    ///
    /// @param code of the close frame
    /// @param reason a word for it
    void close(int code, String reason);
}
