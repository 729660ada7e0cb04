package io.sandgate.gateway.stream.event;

import java.util.concurrent.CompletionStage;

/// Where this replica's own events are written. May be called from any thread; never blocks and never waits for a reader.
public interface EventAppender {

    /// Appends an event that happened here, after those that were given before by the same thread.
    ///
    /// @return done with its place when it is stored as well as the log stores anything and can be read; fails when it was
    ///     lost, which gives the log another epoch
    CompletionStage<Cursor> append(Event event);
}
