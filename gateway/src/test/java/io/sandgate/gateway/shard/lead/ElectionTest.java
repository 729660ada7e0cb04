package io.sandgate.gateway.shard.lead;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ElectionTest {
    private static final Duration VOTE = Duration.ofMillis(1_500);
    private static final long MILLI = 1_000_000;
    private static final List<String> THREE = List.of("a", "b", "c");

    private static Election election(String self, boolean alone) {
        return new Election(self, 1, VOTE, () -> 100, new SplittableRandom(1), alone, 0);
    }

    private static Ballot lead(Election candidate, List<Election> voters, long at) {
        Optional<Ballot> ballot = candidate.tick(THREE, 3, at);
        for (int i = 0; i < voters.size(); i++) {
            candidate.verdict("voter" + i, ballot.orElseThrow(), voters.get(i).vote(ballot.orElseThrow(), at), at);
        }
        return ballot.orElseThrow();
    }

    @Test
    void oneReplica_isAlone_leadsAtOnce() {
        Election only = election("a", true);

        only.tick(List.of("a"), 1, 0);

        assertThat(only.reign(0)).contains(new Reign(100, 0, true));
        assertThat(only.leader(0)).contains("a");
    }

    @Test
    void replica_hasJustStarted_neitherStandsNorVotesForTheTimeOfAVote() {
        Election a = election("a", false);
        Election b = election("b", false);
        Ballot early = new Ballot("b", 1, 100, false, false, 0);

        assertThat(a.tick(THREE, 3, 1_499 * MILLI)).isEmpty();
        assertThat(a.vote(early, 1_499 * MILLI).granted()).isFalse();
        assertThat(a.vote(early, 1_500 * MILLI).granted()).isTrue();
        assertThat(b.tick(List.of("b"), 3, 1_500 * MILLI)).isPresent();
    }

    @Test
    void candidate_hasAMajority_leadsFromThen() {
        Election a = election("a", false);
        Election b = election("b", false);

        Ballot asked = lead(a, List.of(b), 1_500 * MILLI);

        assertThat(asked.leading()).isFalse();
        assertThat(a.reign(1_500 * MILLI)).hasValueSatisfying(reign -> assertThat(reign.mayAssign()).isTrue());
        assertThat(b.leader(1_500 * MILLI)).isEmpty();
        lead(a, List.of(b), 1_600 * MILLI);
        assertThat(b.leader(1_600 * MILLI)).contains("a");
    }

    @Test
    void leader_isHeardNoMore_leadsLessLongThanItsVotersPromised() {
        Election a = election("a", false);
        Election b = election("b", false);
        lead(a, List.of(b), 1_500 * MILLI);

        assertThat(a.reign(2_900 * MILLI)).isPresent();
        assertThat(a.reign(2_930 * MILLI)).isEmpty();
        assertThat(b.vote(new Ballot("c", 1, 200, false, false, 0), 2_999 * MILLI).granted()).isFalse();
        assertThat(b.vote(new Ballot("c", 1, 200, false, false, 0), 3_000 * MILLI).granted()).isTrue();
    }

    @Test
    void vote_countsFromWhenItWasAskedFor() {
        Election a = election("a", false);
        Election b = election("b", false);
        Ballot ballot = a.tick(THREE, 3, 1_500 * MILLI).orElseThrow();
        Verdict verdict = b.vote(ballot, 2_500 * MILLI);

        a.verdict("b", ballot, verdict, 2_600 * MILLI);

        assertThat(a.reign(2_900 * MILLI)).isPresent();
        assertThat(a.reign(2_930 * MILLI)).isEmpty();
    }

    @Test
    void leader_hasHalfOfTheVotes_renewsAndAssignsNothing() {
        Election a = election("a", false);
        List<String> four = List.of("a", "b", "c", "d");
        Ballot first = a.tick(four, 4, 1_500 * MILLI).orElseThrow();
        a.verdict("b", first, new Verdict(true, 0), 1_500 * MILLI);
        assertThat(a.reign(1_500 * MILLI)).isEmpty();
        a.verdict("c", first, new Verdict(true, 0), 1_500 * MILLI);
        assertThat(a.reign(1_500 * MILLI)).isPresent();

        Ballot second = a.tick(four, 4, 2_500 * MILLI).orElseThrow();
        a.verdict("b", second, new Verdict(true, 0), 2_500 * MILLI);

        assertThat(a.reign(3_000 * MILLI)).hasValueSatisfying(reign -> {
            assertThat(reign.mayAssign()).isFalse();
        });
    }

    @Test
    void leader_resigns_isFollowedAtOnceByAHigherTerm() {
        Election a = election("a", false);
        Election b = election("b", false);
        Election c = election("c", false);
        lead(a, List.of(b, c), 1_500 * MILLI);
        lead(a, List.of(b, c), 1_600 * MILLI);

        Ballot release = a.resign(1_700 * MILLI).orElseThrow();
        assertThat(List.of(b.vote(release, 1_700 * MILLI), c.vote(release, 1_700 * MILLI)))
                .noneMatch(Verdict::granted);
        Ballot next = b.tick(List.of("b", "c"), 3, 1_700 * MILLI).orElseThrow();
        b.verdict("c", next, c.vote(next, 1_700 * MILLI), 1_700 * MILLI);

        assertThat(a.reign(1_700 * MILLI)).isEmpty();
        assertThat(b.reign(1_700 * MILLI)).hasValueSatisfying(reign -> assertThat(reign.term()).isGreaterThan(100));
    }

    @Test
    void release_ofAnEarlierTerm_doesNotUndoALaterVote() {
        Election b = election("b", false);
        b.vote(new Ballot("a", 1, 100, false, false, 0), 2_000 * MILLI);
        b.vote(new Ballot("a", 1, 101, false, false, 0), 2_100 * MILLI);

        b.vote(new Ballot("a", 1, 100, false, true, 0), 2_200 * MILLI);

        assertThat(b.vote(new Ballot("c", 1, 102, false, false, 0), 2_300 * MILLI).granted()).isFalse();
    }

    @Test
    void candidate_startedAnew_waitsForThePromiseToItsFormerLife() {
        Election b = election("b", false);
        b.vote(new Ballot("a", 1, 100, true, false, 0), 2_000 * MILLI);

        assertThat(b.vote(new Ballot("a", 2, 101, false, false, 0), 3_499 * MILLI).granted()).isFalse();
        assertThat(b.vote(new Ballot("a", 2, 101, false, false, 0), 3_500 * MILLI).granted()).isTrue();
    }

    @Test
    void candidate_findsNoMajority_givesWay() {
        Election a = election("a", false);
        a.tick(THREE, 3, 1_500 * MILLI);

        Optional<Ballot> later = a.tick(THREE, 3, 3_000 * MILLI);

        assertThat(later).hasValueSatisfying(ballot -> assertThat(ballot.release()).isTrue());
    }

    @Test
    void nextInOrder_standsLater() {
        Election b = election("b", false);

        assertThat(b.tick(THREE, 3, 1_749 * MILLI)).isEmpty();
        assertThat(b.tick(THREE, 3, 1_750 * MILLI)).isPresent();
    }

    @Test
    void reign_hasLapsed_isNotRevivedByALateVote() {
        Election a = election("a", false);
        Election b = election("b", false);
        lead(a, List.of(b), 1_500 * MILLI);
        Ballot late = a.tick(THREE, 3, 2_900 * MILLI).orElseThrow();
        assertThat(a.reign(2_930 * MILLI)).isEmpty();

        a.verdict("voter0", late, new Verdict(true, 0), 3_000 * MILLI);

        assertThat(a.reign(3_000 * MILLI)).isEmpty();
    }

    @Test
    void leader_isHeardByOneWhoPromisedHisVoteToAnother_isKnownWithItsTerm() {
        Election b = election("b", false);
        b.vote(new Ballot("c", 1, 100, false, false, 0), 2_000 * MILLI);

        Verdict verdict = b.vote(new Ballot("a", 1, 101, true, false, 0), 2_100 * MILLI);

        assertThat(verdict.granted()).isFalse();
        assertThat(b.leader(3_599 * MILLI)).contains("a");
        assertThat(b.leaderTerm(3_599 * MILLI)).hasValue(101);
        assertThat(b.leader(3_600 * MILLI)).isEmpty();
        assertThat(b.leaderTerm(3_600 * MILLI)).isEmpty();
    }

    @Test
    void leader_resigned_isNoLongerKnownAsOne() {
        Election b = election("b", false);
        b.vote(new Ballot("a", 1, 101, true, false, 0), 2_000 * MILLI);

        b.vote(new Ballot("a", 1, 100, false, true, 0), 2_100 * MILLI);
        assertThat(b.leader(2_100 * MILLI)).contains("a");
        b.vote(new Ballot("a", 1, 101, false, true, 0), 2_200 * MILLI);

        assertThat(b.leader(2_200 * MILLI)).isEmpty();
    }

    @Test
    void everySeed_neverHasTwoLeaders() {
        List<String> problems = new ArrayList<>();
        int reigns = 0;
        for (int seed = 0; seed < 400; seed++) {
            ElectionWorld world = new ElectionWorld(seed);
            world.run();
            world.problem().ifPresent(problems::add);
            reigns += world.reigns();
        }

        assertThat(problems).isEmpty();
        assertThat(reigns).isGreaterThan(1_000);
    }
}
