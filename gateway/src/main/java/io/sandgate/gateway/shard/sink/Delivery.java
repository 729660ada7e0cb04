package io.sandgate.gateway.shard.sink;

/// What becomes of one event that a sink was given.
public interface Delivery {

    /// Whether the event may still be handed on: this replica has the shard, by a lease that is fresh. Asked right before, on any
    /// thread.
    boolean isCurrent();

    /// The event is where it cannot be lost any more, or was let go because it was not current; called once, on any thread,
    /// in the order in which the events were given.
    void done(boolean accepted);
}
