package io.sandgate.gateway.stream.event;

import java.util.Map;
import java.util.concurrent.CompletionStage;

/// Where the events of other replicas are written. May be called from any thread; never blocks and never waits for a reader.
public interface ReplicatedAppender {

    /// Appends an event that happened at another replica, after those that were given before by the same thread. Events are
    /// not compared with those that are there: to leave out what was heard before is up to the caller.
    ///
    /// @param origin where it happened, with its place there
    /// @return as of [EventAppender#append]
    CompletionStage<Cursor> appendFrom(Origin origin, Event event);

    /// How far this log has heard each other replica, by the id of the replica.
    Map<String, Cursor> heard();

    /// Notes that a replica was heard up to a place though nothing of it had to be appended. It takes effect at once, so the
    /// appends before it must be done; a kill may take it back, never an append.
    void noteHeard(Origin origin);
}
