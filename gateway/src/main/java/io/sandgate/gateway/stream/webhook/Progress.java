package io.sandgate.gateway.stream.webhook;

import io.sandgate.gateway.stream.event.Cursor;
import org.jspecify.annotations.Nullable;

/// How far a webhook is, as it is kept over a restart.
///
/// @param cursor all before it is delivered or given up
/// @param failing while nothing goes well; null when the last request did
record Progress(Cursor cursor, Trouble.@Nullable Span failing) {}
