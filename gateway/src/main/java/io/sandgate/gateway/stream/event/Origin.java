package io.sandgate.gateway.stream.event;

/// Which replica an event comes from, and its place in that replica's own log. It names the event in the whole cluster.
///
/// @param replica the stable id of the replica
/// @param cursor behind the event in that replica's log
public record Origin(String replica, Cursor cursor) {}
