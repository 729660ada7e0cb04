package io.sandgate.membership;

/// Hears the heartbeats of the other members.
@FunctionalInterface
public interface HeartbeatListener {
    /// A visible member in state ready or draining said what its routes are. One that joins or is unhealthy is not passed
    /// on, since what it says of its routes means nothing.
    void heard(Member member, RouteSummary summary);
}
