/// Connections of clients: who is connected where, and how a message reaches him from any replica.
///
/// A connection is a row of the route table in a namespace of its own, so that pushing, pulling, fencing and sweeping are
/// those of all routes.
///
/// Starting points:
/// - [io.sandgate.gateway.connection.Connections] is what sockets and calls use
/// - [io.sandgate.gateway.connection.ClientRow] is the form of a connection in the table
/// - [io.sandgate.gateway.connection.LocalConnections] are the ones of this replica, and the only writer of their rows
@NullMarked
package io.sandgate.gateway.connection;

import org.jspecify.annotations.NullMarked;
