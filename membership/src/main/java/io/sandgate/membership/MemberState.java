package io.sandgate.membership;

/// What a replica says of itself: joining -> ready -> draining, and unhealthy from any of them and back.
public enum MemberState {
    /// It answers, and it is still fetching what it lacks.
    JOINING,
    /// It serves.
    READY,
    /// It has been told to stop and takes no new work.
    DRAINING,
    /// It runs, and its own probes fail.
    UNHEALTHY
}
