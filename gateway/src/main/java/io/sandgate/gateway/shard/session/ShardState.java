package io.sandgate.gateway.shard.session;

/// What a shard's session is doing.
public enum ShardState {
    /// Waits before it dials: for a moment chosen at random, for longer after each failure, or for a turn.
    WAITING,
    /// The connection is being opened.
    DIALLING,
    /// Connected; the upstream has not said HELLO.
    HELLO,
    /// Connected and heartbeating; waits for a permit to IDENTIFY.
    QUEUED,
    /// IDENTIFY is sent; READY has not come.
    IDENTIFYING,
    /// RESUME is sent; what was missed is replayed, and RESUMED has not come.
    RESUMING,
    /// Events flow.
    LIVE,
    /// Events would flow, but this replica's lease is not fresh: nothing is read or handed on, heartbeats go on.
    FENCED,
    /// Is about to be given to another replica.
    HANDING_OVER,
    /// The upstream refuses it as it is: a setting has to change, or an operator says so.
    REFUSED,
    /// An operator disconnected it.
    DISCONNECTED,
    /// This replica is done with it.
    RELEASED
}
