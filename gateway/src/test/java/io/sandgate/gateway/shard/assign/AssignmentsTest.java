package io.sandgate.gateway.shard.assign;

import io.sandgate.gateway.shard.assign.Orders.Lease;
import io.sandgate.gateway.shard.protocol.ShardId;
import io.sandgate.membership.Ownership;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

import static io.sandgate.gateway.shard.assign.Crew.SHARDS;
import static io.sandgate.gateway.shard.assign.Crew.TERM;
import static io.sandgate.gateway.shard.assign.Crew.session;
import static io.sandgate.gateway.shard.assign.Crew.shard;
import static io.sandgate.gateway.shard.assign.Crew.shards;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

class AssignmentsTest {

    private static List<String> placed(String... members) {
        return Ownership.owners(SHARDS, List.of(members), SHARDS);
    }

    private static Holding fresh(int number, long epoch) {
        return new Holding(shard(number), epoch, true, true);
    }

    private static Holding lapsed(int number, long epoch) {
        return new Holding(shard(number), epoch, false, true);
    }

    private static Release release(int number, long epoch) {
        return new Release(shard(number), epoch, Optional.of(session(number, epoch)));
    }

    // --- a new reign

    @Test
    void newReign_formerLeasesMayBeGood_givesNothingAway() {
        Crew crew = new Crew("a");

        Orders early = crew.at(2_999).poll("a");
        Orders settled = crew.at(3_000).poll("a");

        assertThat(early).isEqualTo(new Orders(List.of(), List.of(), false));
        assertThat(settled.leases()).hasSize(SHARDS).allMatch(lease -> lease.epoch() >= TERM << 20);
        assertThat(settled.complete()).isTrue();
    }

    @Test
    void newReign_hasNoPlan_decidesNothing() {
        Assignments assignments = new Assignments(Crew.SETTINGS, TERM, 0);
        assignments.eligible(List.of("a"));
        assignments.poll("a", 1, TERM, List.of(), List.of(), 4_000_000_000L);

        assertThat(assignments.orders("a", true, 4_000_000_000L).complete()).isFalse();
    }

    @Test
    void freshHolding_ofTheReignBefore_staysWhereItIs() {
        Crew crew = new Crew("a", "b");
        int foreign = placed("a", "b").indexOf("a");

        Orders kept = crew.at(10).poll("b", fresh(foreign, 55));
        crew.at(2_900).poll("b", fresh(foreign, 55));
        crew.at(3_000).poll("a");

        assertThat(kept.leases()).containsExactly(new Lease(shard(foreign), 55, Optional.empty()));
        assertThat(crew.standing(foreign))
                .isEqualTo(new ShardStanding(shard(foreign), Optional.of("b"), 55, true, false, Optional.of("a")));
    }

    @Test
    void lapsedHolding_isLeftOpenUntilSettled_thenGoesBackByAHigherEpoch() {
        Crew crew = new Crew("a", "b");
        int foreign = placed("a", "b").indexOf("a");

        Orders early = crew.at(2_900).poll("b", lapsed(foreign, 55));
        crew.poll("a");
        Orders settled = crew.at(3_000).poll("b", lapsed(foreign, 55));

        assertThat(early.leases()).isEmpty();
        assertThat(shards(settled)).contains(shard(foreign));
        assertThat(crew.standing(foreign).epoch()).isGreaterThan(55);
    }

    @Test
    void lapsedHoldings_ofTwo_theLaterOwnerHasItBack() {
        Crew crew = new Crew("a", "b", "c");

        crew.at(2_900).poll("a", lapsed(0, 54), lapsed(1, 57));
        crew.poll("b", lapsed(0, 55), lapsed(1, 56));
        crew.at(3_000).poll("c");

        assertThat(crew.owners()).startsWith("b", "a");
    }

    @Test
    void lapsedHolding_anotherHasItByAFreshLease_isNotGivenBack() {
        Crew crew = new Crew("a", "b");

        crew.at(2_900).poll("a", lapsed(0, 54));
        crew.poll("b", fresh(0, 55));
        Orders orders = crew.at(3_000).poll("a", lapsed(0, 54));

        assertThat(shards(orders)).doesNotContain(shard(0));
        assertThat(orders.complete()).isTrue();
    }

    @Test
    void lapsedHolding_ofOneWhoMayHoldNone_goesToAnother() {
        Crew crew = new Crew("a");

        crew.at(2_900).poll("b", lapsed(0, 55));
        crew.poll("a");
        crew.at(3_000).poll("b", lapsed(0, 55));

        assertThat(crew.standing(0).owner()).contains("a");
    }

    @Test
    void lapsedHolding_anotherHadItLater_isNoClaim() {
        Crew crew = new Crew("a").settle("a");
        int desired = placed("b", "c").indexOf("c");
        crew.assignments.eligible(List.of());
        crew.at(7_000).poll("b", lapsed(desired, 55));
        crew.poll("b", lapsed(desired, 55));

        crew.assignments.eligible(List.of("b", "c"));
        crew.at(7_100).poll("c");

        assertThat(crew.standing(desired).owner()).contains("c");
    }

    @Test
    void poll_ofAnotherReign_isRefused() {
        Crew crew = new Crew("a");

        assertThat(crew.assignments.poll("a", 1, TERM - 1, List.of(fresh(0, 55)), List.of(), 0)).isFalse();
        assertThat(crew.assignments.poll("a", 1, TERM + 1, List.of(fresh(0, 55)), List.of(), 0)).isFalse();
        assertThat(crew.standing(0).owner()).isEmpty();
    }

    @Test
    void epochs_aMemberReportsAHigherOne_goOnAboveIt() {
        Crew crew = new Crew("a");
        long high = (TERM << 20) + 1_000;

        crew.at(2_900).poll("a", lapsed(0, high));
        crew.at(3_000).poll("a");

        assertThat(crew.standing(0).epoch()).isGreaterThan(high);
    }

    // --- leases

    @Test
    void silentMember_aLeaseAfterItsLastPoll_itsShardsGoToTheOthers() {
        Crew crew = new Crew("a", "b").settle("a", "b").at(4_000).round("a", "b");

        crew.at(6_999).round("a");
        List<String> before = crew.owners();
        assertThat(crew.assignments.nextChange(crew.now())).hasValue(1_000_000);
        crew.at(7_000).round("a");

        assertThat(before).isEqualTo(placed("a", "b"));
        assertThat(crew.owners()).isEqualTo(placed("a"));
    }

    @Test
    void orders_withoutAPoll_renewNothing() {
        Crew crew = new Crew("a").settle("a");

        crew.at(5_900).assignments.orders("a", true, crew.now());

        assertThat(crew.at(5_999).assignments.owner(shard(0), crew.now())).contains("a");
        assertThat(crew.at(6_000).assignments.owner(shard(0), crew.now())).isEmpty();
        assertThat(crew.assignments.orders("a", true, crew.now())).isEqualTo(new Orders(List.of(), List.of(), false));
    }

    @Test
    void startedAnew_formerLifeMayStillActs_hasItsShardsWhenThoseLeasesHaveExpired() {
        Crew crew = new Crew("a").settle("a");
        long formerEpoch = crew.standing(0).epoch();

        Orders early = crew.at(4_000).poll("a", 2, List.of(), List.of());
        crew.at(5_999).poll("a", 2, List.of(), List.of());
        Orders late = crew.at(6_000).poll("a", 2, List.of(), List.of());

        assertThat(early.leases()).isEmpty();
        assertThat(late.leases()).hasSize(SHARDS).allMatch(lease -> lease.epoch() > formerEpoch);
    }

    @Test
    void poll_ofAFormerLife_isRefusedAndRenewsNothing() {
        Crew crew = new Crew("a").settle("a");
        crew.at(4_000).poll("a", 2, List.of(), List.of());

        assertThat(crew.assignments.poll("a", 1, TERM, List.of(), List.of(), crew.now())).isFalse();
        assertThat(crew.at(6_000).poll("a", 2, List.of(), List.of()).leases()).hasSize(SHARDS);
    }

    @Test
    void eligibleMember_isNotHeard_getsNothing() {
        Crew crew = new Crew("a", "b").settle("a");

        assertThat(crew.owners()).isEqualTo(placed("a"));
        assertThat(crew.rounds(6, "a").assignments.moving()).isZero();
    }

    @Test
    void freshHolding_saidLongAgo_isNotTakenOnceThisReignHasGivenTheShardAway() {
        Crew crew = new Crew("a").settle("a");
        long epoch = crew.standing(0).epoch();
        crew.assignments.eligible(List.of());

        crew.at(7_000).poll("b");
        Orders orders = crew.poll("b", fresh(0, 55));

        assertThat(orders.leases()).isEmpty();
        assertThat(crew.standing(0).epoch()).isEqualTo(epoch);
    }

    // --- half of the votes

    @Test
    void halfOfTheVotes_aMemberIsSilent_nothingIsGivenAway() {
        Crew crew = new Crew("a", "b").settle("a", "b");
        List<String> before = placed("a", "b");

        crew.at(7_000).assignments.poll("a", 1, TERM, List.of(), List.of(), crew.now());
        Orders orders = crew.assignments.orders("a", false, crew.now());
        crew.assignments.poll("b", 1, TERM, List.of(), List.of(), crew.now());

        assertThat(orders.leases()).hasSize((int) before.stream().filter("a"::equals).count());
        assertThat(orders.complete()).isFalse();
        assertThat(crew.owners()).isEqualTo(before);
    }

    @Test
    void halfOfTheVotes_moveHasBegun_nothingIsToBeGivenBack() {
        Crew crew = new Crew("a", "b").settle("a").at(4_000).round("a", "b").at(4_500);
        assertThat(crew.poll("a").giveBack()).isNotEmpty();

        assertThat(crew.assignments.orders("a", false, crew.now()).giveBack()).isEmpty();
    }

    // --- given back

    @Test
    void release_ofAnEarlierLease_isIgnored() {
        Crew crew = new Crew("a").settle("a");
        long first = crew.standing(0).epoch();
        crew.at(3_100).poll("a", 1, List.of(), List.of(release(0, first)));
        long second = crew.standing(0).epoch();
        assertThat(second).isGreaterThan(first);

        crew.at(3_200).poll("a", 1, List.of(), List.of(release(0, first)));

        assertThat(crew.standing(0).epoch()).isEqualTo(second);
    }

    @Test
    void release_byOneWhoDoesNotHaveIt_isIgnored() {
        Crew crew = new Crew("a", "b").settle("a");
        long epoch = crew.standing(0).epoch();

        crew.at(3_100).poll("b", 1, List.of(), List.of(release(0, epoch)));

        assertThat(crew.standing(0).owner()).contains("a");
        assertThat(crew.standing(0).epoch()).isEqualTo(epoch);
    }

    @Test
    void release_ofTheReignBefore_itsSessionGoesToTheNextOwner() {
        Crew crew = new Crew("a");

        crew.at(10).poll("b", 1, List.of(), List.of(release(0, 55)));
        Orders orders = crew.at(3_000).poll("a");

        assertThat(orders.leases()).contains(new Lease(shard(0), TERM << 20, Optional.of(session(0, 55))));
        assertThat(crew.poll("a", fresh(0, TERM << 20)).leases())
                .contains(new Lease(shard(0), TERM << 20, Optional.empty()));
    }

    @Test
    void holding_saidBeforeItsRelease_isNoClaim() {
        Crew crew = new Crew("a", "b");
        int desired = placed("a", "b").indexOf("a");

        crew.at(2_900).poll("b", 1, List.of(), List.of(release(desired, 55)));
        crew.poll("b", lapsed(desired, 55));
        crew.poll("a");
        crew.at(3_000).poll("a");

        assertThat(crew.standing(desired).owner()).contains("a");
    }

    // --- moves

    @Test
    void newMember_isThereForAMoment_getsItsShardsAFewAtATime() {
        Crew crew = new Crew("a", "b", "c").settle("a", "b").at(4_000).round("a", "b", "c");
        crew.at(4_499).round("a", "b", "c");
        assertThat(crew.assignments.moving()).isZero();
        assertThat(crew.assignments.nextChange(crew.now())).hasValue(1_000_000);

        int most = 0;
        for (crew.at(4_500); crew.now() < 30_000_000_000L; crew.at(crew.now() / 1_000_000 + 100)) {
            crew.round("a", "b", "c");
            most = Math.max(most, crew.assignments.moving());
        }

        assertThat(most).isEqualTo(2);
        assertThat(crew.owners()).isEqualTo(placed("a", "b", "c"));
        assertThat(crew.assignments.moving()).isZero();
    }

    @Test
    void movedShard_comesWithItsSessionAndAHigherEpoch() {
        Crew crew = new Crew("a", "b").settle("a").at(4_000).round("a", "b").at(4_500).round("a");
        int moved = crew.assignments.standings(crew.now()).stream().filter(ShardStanding::moving).findFirst()
                .orElseThrow()
                .shard().number();
        long before = crew.standing(moved).epoch();

        crew.round("a");
        Lease lease = crew.poll("b").leases().stream().filter(each -> each.shard().equals(shard(moved))).findFirst()
                .orElseThrow();

        assertThat(lease.epoch()).isGreaterThan(before);
        assertThat(lease.session()).contains(session(moved, 1));
    }

    @Test
    void leavingMember_givesAwayMoreAtATime_andNothingComesBack() {
        Crew crew = new Crew("a", "b").settle("a", "b").at(3_100).round("a", "b");
        int before = (int) crew.count("b");
        crew.assignments.eligible(List.of("a"));
        crew.at(3_200).round("a", "b").at(3_699).round("a", "b");
        assertThat(crew.assignments.moving()).isZero();

        crew.at(3_700).round("a", "b");
        assertThat(crew.assignments.moving()).isEqualTo(Math.min(before, 8));
        crew.rounds(12, "a", "b");

        assertThat(crew.count("a")).isEqualTo(SHARDS);
    }

    @Test
    void allMembersLeave_shardsStayWhereTheyAre() {
        Crew crew = new Crew("a", "b").settle("a", "b");
        crew.assignments.eligible(List.of());

        assertThat(crew.rounds(10, "a", "b").owners()).isEqualTo(placed("a", "b"));
    }

    @Test
    void move_whoShouldHaveItIsGone_isCalledOff() {
        Crew crew = new Crew("a", "b").settle("a").at(4_000).round("a", "b").at(4_500);
        assertThat(crew.poll("a").giveBack()).hasSize(2);

        crew.at(6_900).poll("a");
        Orders orders = crew.at(7_000).poll("a");

        assertThat(orders.giveBack()).isEmpty();
        assertThat(orders.leases()).hasSize(SHARDS);
        assertThat(crew.assignments.moving()).isZero();
    }

    @Test
    void movedShard_isNotLive_countsAsMovedAfterAWhile() {
        Crew crew = new Crew("a", "b").settle("a").at(3_500).round("a", "b").at(4_000).round("a", "b");
        crew.at(4_100).round("a", "b");
        crew.live = false;
        crew.at(6_000).round("a", "b").at(8_000).round("a", "b").at(9_099).round("a", "b");
        assertThat(crew.count("b")).isEqualTo(2);
        assertThat(crew.assignments.nextChange(crew.now())).hasValue(1_000_000);

        crew.at(9_100).round("a", "b");

        assertThat(crew.assignments.standings(crew.now())).filteredOn(ShardStanding::moving).hasSize(2)
                .allMatch(standing -> standing.owner().equals(Optional.of("a")));
    }

    @Test
    void shard_wasNotLiveBeforeItsMove_arrivesWhenItIsTaken() {
        Crew crew = new Crew("a", "b");
        crew.live = false;

        crew.settle("a").rounds(40, "a", "b");

        assertThat(crew.owners()).isEqualTo(placed("a", "b"));
    }

    // --- the plan

    @Test
    void plan_namesAShardNoMore_itIsNobodys() {
        Crew crew = new Crew("a").settle("a").at(3_100).round("a");

        crew.assignments.plan(List.of(2), crew.now());
        Orders early = crew.at(6_099).poll("a");
        Orders settled = crew.at(6_100).poll("a");

        assertThat(early).isEqualTo(new Orders(List.of(), List.of(), false));
        assertThat(shards(settled)).containsExactly(new ShardId(0, 2), new ShardId(1, 2));
        assertThat(settled.complete()).isTrue();
    }

    @Test
    void plan_namesAShardAgain_whoStillHasItKeepsIt() {
        Crew crew = new Crew("a", "b").settle("a", "b");
        int foreign = placed("a", "b").indexOf("a");
        long epoch = crew.standing(foreign).epoch();
        crew.assignments.plan(List.of(2), crew.now());
        crew.assignments.plan(List.of(2, SHARDS), crew.now());

        crew.at(3_100).poll("a", fresh(foreign, epoch));
        crew.poll("b");

        assertThat(crew.assignments.owner(shard(foreign), crew.now())).contains("a");
        assertThat(crew.assignments.owner(shard(placed("a", "b").indexOf("b")), crew.now())).isEmpty();
    }

    @Test
    void plan_addsACount_theOthersStayAsTheyAre() {
        Crew crew = new Crew("a", "b").settle("a", "b");
        List<ShardStanding> before = crew.assignments.standings(crew.now());

        crew.assignments.plan(List.of(SHARDS, SHARDS * 2), crew.now());

        assertThat(crew.round("a", "b").assignments.standings(crew.now())).hasSize(SHARDS * 3)
                .filteredOn(standing -> standing.shard().count() == SHARDS)
                .extracting(ShardStanding::owner, ShardStanding::epoch)
                .containsExactlyElementsOf(before.stream()
                        .map(standing -> tuple(standing.owner(), standing.epoch())).toList());
    }

    @Test
    void plan_isTooLargeOrNone_isRefused() {
        Assignments assignments = new Assignments(Crew.SETTINGS, TERM, 0);

        assertThatThrownBy(() -> assignments.plan(List.of(100_000, 40_000), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("shards: [40000, 100000] (expected: counts from 1, together at most 131072)");
        assertThatThrownBy(() -> assignments.plan(List.of(0), 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void settings_noTime_areRefused() {
        assertThatThrownBy(() -> new AssignSettings(Duration.ZERO, Duration.ZERO, 1, Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith("lease: PT0S");
    }

    // --- news

    @Test
    void news_areThere_whenOrdersWouldSayMoreThanTheLast() {
        Crew crew = new Crew("a", "b");
        crew.at(10).assignments.poll("a", 1, TERM, List.of(), List.of(), crew.now());
        assertThat(crew.assignments.hasNews("a")).isTrue();
        crew.poll("a");
        crew.poll("b");
        assertThat(crew.assignments.hasNews("a")).isFalse();

        crew.at(2_950).poll("a");
        crew.at(2_960).poll("b");
        assertThat(crew.assignments.hasNews("a")).isFalse();
        crew.at(3_000).assignments.decide(true, crew.now());
        assertThat(crew.assignments.hasNews("a")).isTrue();
        assertThat(crew.assignments.hasNews("b")).isTrue();
        assertThat(crew.assignments.hasNews("c")).isFalse();
    }

    @Test
    void news_leaseHadExpiredWhenItsMemberPolled_areThere() {
        Crew crew = new Crew("a").settle("a");
        Holding late = lapsed(0, crew.standing(0).epoch());

        crew.assignments.poll("a", 1, TERM, List.of(late), List.of(), crew.now());

        assertThat(crew.assignments.hasNews("a")).isTrue();
    }

    @Test
    void decide_nothingChanged_leavesEverythingAsItIs() {
        Crew crew = new Crew("a", "b").settle("a", "b").rounds(3, "a", "b");
        List<ShardStanding> before = crew.assignments.standings(crew.now());

        crew.rounds(20, "a", "b");

        assertThat(crew.assignments.standings(crew.now())).isEqualTo(before);
    }
}
