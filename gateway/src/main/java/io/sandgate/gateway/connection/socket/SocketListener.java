package io.sandgate.gateway.connection.socket;

/// What is told of a socket, on its event loop.
interface SocketListener {

    /// The client sent one of the messages that it may send.
    void received(ClientFrame frame);

    /// Whether the key with which it was opened still holds.
    boolean isAllowed();

    /// It is closed; nothing follows.
    void closed();
}
