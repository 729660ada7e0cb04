package io.sandgate.gateway.connection.ticket;

import java.time.Instant;
import java.util.Set;

/// What a ticket says: who may connect in whose name, and until when.
///
/// @param team whose client it is
/// @param keyId the id of the key with which it was issued; empty for a key from the settings
/// @param client the client that may connect
/// @param rooms the rooms that the client may join by itself
/// @param events whether it opens the event stream of the team as well
/// @param expiresAt in whole seconds; from then on it opens nothing, and what it opened stays open
public record Ticket(String team, String keyId, String client, Set<String> rooms, boolean events, Instant expiresAt) {
    public Ticket {
        rooms = Set.copyOf(rooms);
    }
}
