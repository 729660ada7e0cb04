/// WebSockets of clients, as a server has them, without the HTTP server that read their requests.
///
/// Starting points:
/// - [io.sandgate.gateway.websocket.Handshake] takes a connection over
/// - [io.sandgate.gateway.websocket.WebSocketChannel] is one from then on
@NullMarked
package io.sandgate.gateway.websocket;

import org.jspecify.annotations.NullMarked;
