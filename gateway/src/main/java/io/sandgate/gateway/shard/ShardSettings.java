package io.sandgate.gateway.shard;

import io.sandgate.gateway.shard.assign.AssignSettings;
import io.sandgate.gateway.shard.backfill.BackfillSettings;
import io.sandgate.gateway.shard.pacing.PacingSettings;
import io.sandgate.gateway.shard.session.SessionSettings;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/// How a replica takes part in holding shards.
///
/// @param count how many shards there are; none for what the upstream recommends
/// @param session how each connects
/// @param pacing how IDENTIFYs are spaced
/// @param assign how shards are given to replicas
/// @param replicas how many there are when none is missing
/// @param keepWithHalf whether replicas keep what they hold while exactly half of them see each other
/// @param grace how long a shard is kept connected without a lease, which may come back, before it is let go
/// @param dialsAtOnce how many connections this replica opens or resumes at a time
/// @param recordEvery how often session records are written
/// @param recordCopies on how many other replicas
/// @param backfill how member lists are asked for; none where they are not
public record ShardSettings(OptionalInt count, SessionSettings session, PacingSettings pacing,
        AssignSettings assign, int replicas, boolean keepWithHalf, Duration grace, int dialsAtOnce,
        Duration recordEvery,
        int recordCopies, Optional<BackfillSettings> backfill) {

    /// Members count a lease shorter than the leader does, for clocks that run at different speeds.
    private static final int GUARD = 20;

    /// How long a vote for a leader lasts.
    Duration vote() {
        return assign.lease().dividedBy(2);
    }

    /// How often what depends on time is looked at.
    Duration tick() {
        return assign.lease().dividedBy(12);
    }

    /// How long a poll is held that has no news: leases are renewed several times in their life, and a permit in the answer
    /// still has half of its own.
    Duration hold() {
        Duration lease = assign.lease().dividedBy(6);
        Duration permit = pacing.permitLife().dividedBy(2);
        return lease.compareTo(permit) < 0 ? lease : permit;
    }

    /// How long a lease lasts for who has it, from when the poll was sent.
    long leaseNanos() {
        long lease = assign.lease().toNanos();
        return lease - lease / GUARD;
    }
}
