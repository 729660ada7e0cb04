/// The WebSockets of clients: what is written to them, what they send, and whether they are still there.
///
/// Starting points:
/// - [io.sandgate.gateway.connection.socket.Sockets] opens and keeps them
/// - [io.sandgate.gateway.connection.socket.ConnectionSocket] is one of them
@NullMarked
package io.sandgate.gateway.connection.socket;

import org.jspecify.annotations.NullMarked;
