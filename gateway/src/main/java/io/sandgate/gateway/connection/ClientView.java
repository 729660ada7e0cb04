package io.sandgate.gateway.connection;

import java.time.Instant;
import java.util.List;

/// A client that is connected, as far as this replica knows; immutable.
///
/// @param key who it is
/// @param connection its connection
/// @param replica that holds it
/// @param since when it was opened, by that replica's clock
/// @param rooms in alphabetical order
public record ClientView(ClientKey key, String connection, String replica, Instant since, List<String> rooms) {}
