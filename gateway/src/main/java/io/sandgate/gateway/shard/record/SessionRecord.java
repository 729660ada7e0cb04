package io.sandgate.gateway.shard.record;

import io.sandgate.gateway.shard.protocol.ShardId;
import java.net.URI;

/// A session of the upstream's with what a RESUME of it needs, written as one.
///
/// @param shard which
/// @param epoch of the lease under which it was written: a later owner's is higher
/// @param owner the replica that wrote it
/// @param sessionId the upstream's name for it
/// @param resumeUrl where it is resumed
/// @param sequence of the last event that was accepted downstream, never a later one; so what comes after it is replayed
/// @param intents with which it was identified
/// @param compression with which it was connected, which a RESUME must use as well
/// @param readyAt when it began, in milliseconds of the time of day
/// @param updatedAt when it was last known to be alive, likewise
public record SessionRecord(ShardId shard, long epoch, String owner, String sessionId, URI resumeUrl, long sequence,
        long intents, String compression, long readyAt, long updatedAt) {

    /// Whether it says more than another one of the same shard: a later owner does, then a later event, then a later moment.
    public boolean isNewerThan(SessionRecord other) {
        if (epoch != other.epoch) {
            return epoch > other.epoch;
        }
        if (sessionId.equals(other.sessionId) && sequence != other.sequence) {
            return sequence > other.sequence;
        }
        return updatedAt > other.updatedAt;
    }
}
