package io.sandgate.gateway.shard.lead;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Decides which replica leads, by votes that expire.
///
/// Each replica votes, and stands itself when it has heard of no leader for the time of a vote. A vote is a promise: the voter
/// votes for nobody else until it has expired, counted from when it gave it. The candidate counts it from when it asked, which
/// was earlier, and by a twentieth less, for clocks that run at different speeds. So while a candidate counts a majority
/// nobody else can have one, whatever is delayed, lost or paused. It is the lease of Gray and Cheriton (SOSP 1989), with a
/// majority in the place of the server.
///
/// With half of an even number of votes a leader goes on, since nobody else can have a majority, but [Reign#mayAssign()] is
/// false. Where it has less its reign is over, and it knows nothing of what came after.
///
/// A replica that has just started does not know what it promised before, and grants nothing until that has expired.
///
/// Not thread-safe; times are monotonic nanoseconds of this replica.
public final class Election {
    /// What a candidate counts less than the voter.
    private static final int GUARD = 20;
    /// How much later each next one in the order stands, in parts of a vote.
    private static final int STAGGER = 6;

    /// The promise that this replica gave last.
    private record Promise(Ballot to, long until) {}

    /// A leader's ballot that came, whether it was granted or not.
    private record Heard(Ballot leading, long at) {}

    private final String self;
    private final long incarnation;
    private final long vote;
    private final LongSupplier clockTerm;
    private final RandomGenerator random;
    private final long grantsFrom;
    private long highestTerm;
    /// Whose the highest term is.
    private @Nullable Ballot highest;
    private @Nullable Promise promise;
    private @Nullable Heard heard;
    /// From when on the time counts in which no leader was heard.
    private long quietSince;
    /// Of each voter, when the latest ballot that it granted in this term was sent.
    private final Map<String, Long> granted = new HashMap<>();
    private boolean standing;
    private boolean reigns;
    private long term;
    private long since;
    private int electorate = 1;

    /// @param vote how long a vote lasts
    /// @param clockTerm the time of day in milliseconds, the least that a new term may be: so terms grow also where voters forgot in
    ///        a restart what they had heard, as long as clocks differ by less than a vote lasts
    /// @param alone whether there is no other voter, and so no promise that somebody else could rely on
    public Election(String self, long incarnation, Duration vote, LongSupplier clockTerm, RandomGenerator random,
            boolean alone, long now) {
        this.self = self;
        this.incarnation = incarnation;
        this.vote = vote.toNanos();
        this.clockTerm = clockTerm;
        this.random = random;
        this.grantsFrom = alone ? now : now + this.vote;
        this.quietSince = alone ? now - this.vote : now;
    }

    /// What to ask of all other replicas now; to be called several times in the time of a vote.
    ///
    /// @param candidates who could lead, in the order in which they should stand
    /// @param voters how many replicas there are when none is missing
    public Optional<Ballot> tick(List<String> candidates, int voters, long now) {
        endLapsed(now);
        electorate = voters;
        endLapsed(now);
        if (standing && !reigns && now - since >= vote) {
            Optional<Ballot> release = resign(now);
            quietSince = now - vote + (long) (random.nextDouble() * vote);
            return release;
        }
        if (!standing && !mayStand(candidates.indexOf(self), now)) {
            return Optional.empty();
        }
        if (!standing) {
            standing = true;
            since = now;
            renewTerm();
        }
        Ballot own = ballot(now);
        verdict(self, own, vote(own, now), now);
        return Optional.of(ballot(now));
    }

    /// A reign that has lapsed is over, though a vote for it may still come: the next one has another term.
    private void endLapsed(long now) {
        if (reigns && !counts(votesToRenew(), now)) {
            stop(now);
        }
    }

    private boolean mayStand(int rank, long now) {
        return rank >= 0 && now - quietSince >= vote + rank * vote / STAGGER && now - grantsFrom >= 0
                && (promise == null || now - promise.until() >= 0);
    }

    private void renewTerm() {
        term = Math.max(highestTerm + 1, clockTerm.getAsLong());
        granted.clear();
    }

    private Ballot ballot(long now) {
        return new Ballot(self, incarnation, term, reigns, false, now);
    }

    /// Takes a replica's answer.
    public void verdict(String voter, Ballot ballot, Verdict verdict, long now) {
        endLapsed(now);
        highestTerm = Math.max(highestTerm, verdict.highestTerm());
        if (!standing || ballot.term() != term) {
            return;
        }
        if (verdict.granted()) {
            granted.merge(voter, ballot.sentAt(), (a, b) -> a - b > 0 ? a : b);
        } else if (!reigns && highestTerm >= term && !voter.equals(self)) {
            renewTerm();
        }
        if (!reigns && counts(majority(), now)) {
            reigns = true;
            since = now;
        }
    }

    /// Answers a replica that stands.
    public Verdict vote(Ballot ballot, long now) {
        if (ballot.release()) {
            if (heard != null && isFrom(ballot, heard.leading()) && ballot.term() >= heard.leading().term()) {
                heard = null;
            }
            if (promise != null && isFrom(ballot, promise.to()) && ballot.term() == promise.to().term()) {
                promise = null;
                quietSince = now - vote;
            }
            return new Verdict(false, highestTerm);
        }
        if (ballot.leading()
                && (heard == null || ballot.term() >= heard.leading().term() || now - heard.at() >= vote)) {
            heard = new Heard(ballot, now);
        }
        boolean taken = promise != null && now - promise.until() < 0 && !isFrom(ballot, promise.to());
        // a reign's term is new to all who vote for it: so terms grow from reign to reign
        boolean used = highest != null && !ballot.leading()
                && (ballot.term() < highestTerm || (ballot.term() == highestTerm && !isFrom(ballot, highest)));
        if (ballot.term() > highestTerm) {
            highestTerm = ballot.term();
            highest = ballot;
        }
        if (taken || used || now - grantsFrom < 0) {
            return new Verdict(false, highestTerm);
        }
        promise = new Promise(ballot, now + vote);
        quietSince = now;
        return new Verdict(true, highestTerm);
    }

    /// Gives up what this replica leads or stands for; the ballot tells the others that they may vote for another one.
    public Optional<Ballot> resign(long now) {
        if (!standing) {
            return Optional.empty();
        }
        Ballot release = new Ballot(self, incarnation, term, false, true, now);
        stop(now);
        if (promise != null && promise.to().candidate().equals(self)) {
            promise = null;
        }
        return Optional.of(release);
    }

    private void stop(long now) {
        reigns = false;
        standing = false;
        granted.clear();
        quietSince = now;
    }

    /// This replica's reign, if it leads now.
    public Optional<Reign> reign(long now) {
        if (!reigns || !counts(votesToRenew(), now)) {
            return Optional.empty();
        }
        return Optional.of(new Reign(term, since, counts(majority(), now)));
    }

    /// Who leads, as far as this replica has heard; itself as well.
    public Optional<String> leader(long now) {
        return reign(now).isPresent() ? Optional.of(self) : heardLeader(now).map(Ballot::candidate);
    }

    /// The term of the reign of [#leader]: who knows it knows of that reign, and not of an earlier one of the same replica's.
    public OptionalLong leaderTerm(long now) {
        Optional<Long> known = reign(now).map(Reign::term).or(() -> heardLeader(now).map(Ballot::term));
        return known.map(OptionalLong::of).orElseGet(OptionalLong::empty);
    }

    private Optional<Ballot> heardLeader(long now) {
        return Optional.ofNullable(heard).filter(last -> now - last.at() < vote).map(Heard::leading)
                .filter(leading -> !leading.candidate().equals(self));
    }

    /// The same life of the same candidate. Of a candidate that started anew the promise to its last life has to expire as well:
    /// that life may have given away what the new one does not know of.
    private static boolean isFrom(Ballot ballot, Ballot other) {
        return ballot.candidate().equals(other.candidate()) && ballot.incarnation() == other.incarnation();
    }

    private int majority() {
        return electorate / 2 + 1;
    }

    /// So many that the rest is no majority.
    private int votesToRenew() {
        return electorate - electorate / 2;
    }

    private boolean counts(int votes, long now) {
        List<Long> asked = new ArrayList<>(granted.values());
        if (asked.size() < votes) {
            return false;
        }
        asked.sort(Comparator.comparingLong((Long sentAt) -> sentAt - now).reversed());
        return now - asked.get(votes - 1) < vote - vote / GUARD;
    }
}
