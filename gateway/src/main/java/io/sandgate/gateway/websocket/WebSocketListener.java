package io.sandgate.gateway.websocket;

import io.netty.handler.codec.http.websocketx.WebSocketFrame;

/// What is told of a WebSocket, on its event loop.
public interface WebSocketListener {

    /// The client sent a frame, other than a close frame; it is released afterwards.
    void received(WebSocketFrame frame);

    /// The client sent what is no frame, or a frame that is too long. Nothing more of what it sends is read.
    ///
    /// @param code with which to close
    void broken(int code);

    /// There is room again for what is sent.
    void drained();

    /// Somebody else has begun to close it. Nothing that is sent from now on leaves, and it may take as long as the client
    /// likes until it is closed.
    void closing();

    /// It is closed; called once, and nothing follows.
    void closed();
}
