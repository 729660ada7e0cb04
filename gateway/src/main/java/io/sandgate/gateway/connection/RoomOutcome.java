package io.sandgate.gateway.connection;

/// What became of a message to a room.
///
/// @param id of the message
/// @param delivered how many sockets have taken it
/// @param offline how many were found to be gone
/// @param retry how many may get it when it is sent again
public record RoomOutcome(String id, int delivered, int offline, int retry) {}
