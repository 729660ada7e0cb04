package io.sandgate.gateway.shard.pacing;

import io.sandgate.gateway.shard.protocol.ShardId;

/// What became of a permit. A holder repeats it with each poll until one that had it was answered; it counts once.
///
/// @param permit the permit's id
/// @param shard whose permit it was, for a leader that did not give it
/// @param kind what became of it
public record PermitReport(long permit, ShardId shard, Kind kind) {

    /// What can become of a permit.
    public enum Kind {
        /// The IDENTIFY was sent.
        USED,
        /// The IDENTIFY was not sent and will not be: the connection is gone, or the permit's life was over.
        UNUSED,
        /// The IDENTIFY was sent, and the upstream refused it because it came too early after another.
        REJECTED
    }
}
