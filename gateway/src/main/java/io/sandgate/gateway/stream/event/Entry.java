package io.sandgate.gateway.stream.event;

import io.vertx.core.buffer.Buffer;

/// One event in its place in the log of this replica; immutable.
///
/// @param seq its number, from 1, without holes in one epoch
/// @param event what happened
/// @param origin where it happened
/// @param json the whole as clients get it, encoded once; must not be changed
public record Entry(long seq, Event event, Origin origin, Buffer json) {}
