package io.sandgate.membership;

/// What this replica makes of another one, by the age of its last healthy heartbeat: one in state ready or draining.
public enum MemberHealth {
    /// It is visible, says that it is healthy, and was heard to say so within the routable timeout.
    ROUTABLE,
    /// It is silent for longer, unhealthy, still joining, or no longer in the view. What it owns is kept.
    NOT_ROUTABLE,
    /// Its last healthy heartbeat is older than the dead timeout.
    DEAD
}
