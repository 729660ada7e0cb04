package io.sandgate.gateway.shard.assign;

import io.sandgate.gateway.shard.protocol.ShardId;
import io.sandgate.gateway.shard.record.SessionRecord;
import org.jspecify.annotations.Nullable;

/// What the leader knows of one shard.
///
/// `free` -> `held` (given away, or found held by a fresh lease) -> `leaving` (told to give it back) -> `free`; from `leaving`
/// also back to `held` when the move is called off, and from both to `free` when the member is gone.
final class Shard {
    final ShardId id;
    /// Until then leases may be good that this reign does not know of.
    final long settlesAt;
    /// Who has it; null when nobody has.
    @Nullable
    Member owner;
    /// Of the lease of whoever has it or had it last; 0 as long as this reign knows of none.
    long epoch;
    long givenAt;
    /// Whether the owner has said that it has it.
    boolean taken;
    boolean live;
    boolean leaving;
    /// Who says that he had it by a lease that has expired, and may have it back when nobody else turns out to have it.
    @Nullable
    Member claimant;
    private long claimedEpoch;
    private long releasedEpoch;
    /// As the last owner left it, until the next one has it.
    @Nullable
    SessionRecord handedOver;

    Shard(ShardId id, long settlesAt) {
        this.id = id;
        this.settlesAt = settlesAt;
    }

    void give(Member member, long newEpoch, long now) {
        owner = member;
        epoch = newEpoch;
        givenAt = now;
        taken = false;
        live = false;
        claimant = null;
        member.holds.add(this);
        member.news = true;
    }

    void free() {
        if (owner != null) {
            owner.holds.remove(this);
            owner.news = true;
        }
        owner = null;
        taken = false;
        live = false;
        leaving = false;
    }

    /// Its owner says that it has it.
    void report(Holding holding) {
        taken = true;
        live = holding.live();
        handedOver = null;
    }

    /// Somebody who does not have it says that he had it. It is no claim if it was given back or somebody had it later.
    void claim(Member member, long byEpoch) {
        if (byEpoch < epoch || byEpoch <= releasedEpoch || (claimant != null && byEpoch < claimedEpoch)) {
            return;
        }
        claimant = member;
        claimedEpoch = byEpoch;
        if (handedOver != null && handedOver.epoch() < byEpoch) {
            handedOver = null;
        }
    }

    /// Somebody has given it back, and nobody has it.
    void left(Release release) {
        if (release.epoch() < releasedEpoch || (claimant != null && release.epoch() < claimedEpoch)) {
            return;
        }
        releasedEpoch = release.epoch();
        handedOver = release.session().orElse(null);
        claimant = null;
    }
}
