package io.sandgate.gateway.connection.socket;

import io.sandgate.gateway.connection.ClientKey;
import java.util.function.Predicate;

/// A client that may connect.
///
/// @param key who it is
/// @param keyId the id of the API key that let it in, itself or by a ticket; empty for a key from the settings
/// @param mayJoin which rooms it may join by itself
public record Entrant(ClientKey key, String keyId, Predicate<String> mayJoin) {}
