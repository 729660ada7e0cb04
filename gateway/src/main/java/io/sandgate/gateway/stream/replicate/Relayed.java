package io.sandgate.gateway.stream.replicate;

import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Event;

/// One event on its way to another replica.
///
/// @param cursor its place in the log of the replica where it happened
/// @param event what happened
public record Relayed(Cursor cursor, Event event) {}
