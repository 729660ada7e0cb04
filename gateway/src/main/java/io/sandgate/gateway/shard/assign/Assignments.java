package io.sandgate.gateway.shard.assign;

import io.sandgate.gateway.shard.assign.Orders.Lease;
import io.sandgate.gateway.shard.protocol.ShardId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.stream.LongStream;

/// Which member holds which shard during one reign of the leader's: each shard at most one, by a lease.
///
/// A member polls, and says what it holds; by that all its leases are good for another while, counted here from when the poll
/// arrived, and there from when it was sent, which is earlier. So a shard whose member is not heard for that time is nobody's,
/// and that member knows it. The same goes for what a former life of a member held, which may still be at it.
///
/// Before anything is given away of which this reign knows nothing, it waits until every lease of the reign before has expired,
/// and leaves every member what it says it holds by a lease that has not. Only a poll that was sent in this reign says so: at
/// most one member can, since the reign before gave a shard away only after it was closed. The same wait goes for a shard that
/// the plan begins to name later.
///
/// Who should have a shard is bounded rendezvous hashing over the members that may hold some and are heard. Shards of members
/// that are gone are given away at once; those of living ones are moved when the members have stayed the same for a moment, a few
/// at a time.
///
/// Nothing happens by itself: [#decide], which [#orders] calls too, does what is due. Not thread-safe; times are monotonic
/// nanoseconds of the leader.
public final class Assignments {
    /// Terms are milliseconds, and a reign gives away less than so many bits can count in each of its own.
    private static final int EPOCH_BITS = 20;
    /// As many shards as are kept count of, all counts together.
    private static final int MAX_SHARDS = 1 << 17;

    private final AssignSettings settings;
    private final long lease;
    private final long term;
    private final Placement placement;
    private final Moves moves;
    private final Members members;
    private Map<ShardId, Shard> shards = new LinkedHashMap<>();
    private boolean planned;
    private long settledAt;
    private long nextEpoch;
    private long decidedAt;
    /// Whether something was said that changes what is to be given away or moved.
    private boolean stirred;

    /// @param term of the reign
    /// @param now when it began, or later
    public Assignments(AssignSettings settings, long term, long now) {
        this.settings = settings;
        this.lease = settings.lease().toNanos();
        this.term = term;
        this.members = new Members(lease);
        this.placement = new Placement(now);
        this.moves = new Moves(settings, placement);
        this.settledAt = now + lease;
        this.nextEpoch = term << EPOCH_BITS;
        this.decidedAt = now;
    }

    /// Which shards there should be; others are nobody's from now on. Before this was called nothing is decided.
    ///
    /// @param counts each stands for all shards of that count
    public void plan(Collection<Integer> counts, long now) {
        TreeSet<Integer> distinct = new TreeSet<>(counts);
        long total = distinct.stream().mapToLong(Integer::longValue).sum();
        if (total > MAX_SHARDS || (!distinct.isEmpty() && distinct.first() < 1)) {
            throw new IllegalArgumentException(
                    "shards: " + distinct + " (expected: counts from 1, together at most " + MAX_SHARDS + ")");
        }
        Map<ShardId, Shard> wanted = new LinkedHashMap<>();
        for (int count : distinct) {
            for (int number = 0; number < count; number++) {
                ShardId id = new ShardId(number, count);
                Shard known = shards.remove(id);
                if (known == null) {
                    known = new Shard(id, now + lease);
                    settledAt = known.settlesAt;
                }
                wanted.put(id, known);
            }
        }
        shards.values().forEach(gone -> {
            moves.forget(gone);
            gone.free();
        });
        shards = wanted;
        placement.plan(distinct);
        planned = true;
        stirred = true;
    }

    /// Who may hold shards: healthy, and not about to leave.
    public void eligible(Collection<String> eligible) {
        placement.eligible(eligible);
    }

    /// Takes what a member says of itself.
    ///
    /// @param life one start of the member's process: what an earlier one held is free once its leases have expired
    /// @param ofTerm the reign that the member polls
    /// @return whether it was taken; false for an earlier life than is known, and for another reign
    public boolean poll(String name, long life, long ofTerm, List<Holding> holdings, List<Release> releases, long now) {
        Optional<Member> heard = ofTerm == term ? members.hear(name, life, now) : Optional.empty();
        heard.ifPresent(member -> {
            releases.forEach(release -> release(member, release));
            holdings.forEach(holding -> hold(member, holding, now));
        });
        return heard.isPresent();
    }

    private void release(Member member, Release release) {
        nextEpoch = Math.max(nextEpoch, release.epoch() + 1);
        Shard shard = shards.get(release.shard());
        if (shard == null) {
            return;
        }
        if (shard.owner == member && shard.epoch == release.epoch()) {
            shard.free();
            shard.left(release);
            stirred = true;
        } else if (shard.owner == null && shard.epoch <= release.epoch()) {
            shard.left(release);
        }
    }

    private void hold(Member member, Holding holding, long now) {
        nextEpoch = Math.max(nextEpoch, holding.epoch() + 1);
        Shard shard = shards.get(holding.shard());
        if (shard == null) {
            return;
        }
        if (shard.owner == null && shard.epoch == 0 && holding.fresh()) {
            shard.give(member, holding.epoch(), now);
            shard.report(holding);
            stirred = true;
        } else if (shard.owner == null) {
            shard.claim(member, holding.epoch());
            stirred = true;
        } else if (shard.owner == member && shard.epoch == holding.epoch()) {
            shard.report(holding);
            member.news |= !holding.fresh();
        }
    }

    /// Gives away what is nobody's, and moves what should be somebody else's.
    ///
    /// @param mayAssign whether anything may be given away; otherwise all members keep what they have
    public void decide(boolean mayAssign, long now) {
        if (!mayAssign) {
            return;
        }
        expire(now);
        stirred |= placement.heard(members.names(), now);
        stirred |= moves.end(now);
        boolean settled = planned && now - settledAt >= 0;
        boolean steady = now - steadyAt() >= 0;
        if (stirred || (settled && decidedAt - settledAt < 0) || (steady && decidedAt - steadyAt() < 0)) {
            give(now);
            moves.callOff();
            if (settled && steady) {
                moves.start(shards.values());
            }
            stirred = false;
        }
        decidedAt = now;
    }

    private long steadyAt() {
        return placement.presentSince() + settings.debounce().toNanos();
    }

    private void expire(long now) {
        for (Shard shard : members.expire(now)) {
            moves.forget(shard);
            shard.free();
            stirred = true;
        }
    }

    private void give(long now) {
        for (Shard shard : shards.values()) {
            if (shard.owner == null && now - shard.settlesAt >= 0) {
                target(shard).ifPresent(member -> shard.give(member, nextEpoch++, now));
            }
        }
    }

    /// Whoever had it keeps it if he is there: that spares a RESUME, and a move in peace follows if it should be elsewhere.
    private Optional<Member> target(Shard shard) {
        Optional<Member> claimant = Optional.ofNullable(shard.claimant).filter(
                member -> placement.isEligible(member.name) && members.find(member.name).equals(Optional.of(member)));
        return claimant.or(() -> placement.desired(shard.id).flatMap(members::find));
    }

    /// What a member has now, and what it is to give back: the answer to a poll of its present life.
    ///
    /// @param mayAssign as for [#decide]
    public Orders orders(String name, boolean mayAssign, long now) {
        decide(mayAssign, now);
        return members.find(name).map(member -> orders(member, mayAssign, now))
                .orElseGet(() -> new Orders(List.of(), List.of(), false));
    }

    private Orders orders(Member member, boolean mayAssign, long now) {
        member.news = false;
        List<Lease> leases = new ArrayList<>(member.holds.size());
        List<ShardId> giveBack = new ArrayList<>();
        for (Shard shard : member.holds) {
            leases.add(new Lease(shard.id, shard.epoch, Optional.ofNullable(shard.handedOver)));
            if (shard.leaving && mayAssign) {
                giveBack.add(shard.id);
            }
        }
        return new Orders(leases, giveBack, mayAssign && planned && now - settledAt >= 0);
    }

    /// Whether a member's next orders say what its last ones did not, or renew what has expired: they should not wait.
    public boolean hasNews(String name) {
        return members.find(name).map(member -> member.news).orElse(false);
    }

    /// After how long [#decide] may have something to do without a poll coming before, in nanoseconds from now.
    public OptionalLong nextChange(long now) {
        LongStream others = LongStream.of(settledAt - now, steadyAt() - now, moves.nextTimeout(now));
        return LongStream.concat(members.expiries(now), others).filter(after -> after > 0 && after != Long.MAX_VALUE)
                .min();
    }

    /// Who has a shard now, by a lease that has not expired.
    public Optional<String> owner(ShardId id, long now) {
        return Optional.ofNullable(shards.get(id)).flatMap(shard -> owner(shard, now));
    }

    private Optional<String> owner(Shard shard, long now) {
        return Optional.ofNullable(shard.owner).filter(owner -> members.isHeard(owner, now)).map(owner -> owner.name);
    }

    /// How many shards are on their way from one living member to another one.
    public int moving() {
        return moves.size();
    }

    /// All planned shards, in order.
    public List<ShardStanding> standings(long now) {
        return shards.values().stream().sorted(Comparator.comparing((Shard shard) -> shard.id))
                .map(shard -> new ShardStanding(shard.id, owner(shard, now), shard.epoch, shard.live,
                        moves.contains(shard), placement.desired(shard.id)))
                .toList();
    }
}
