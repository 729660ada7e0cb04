package io.sandgate.gateway.shard.backfill;

import io.sandgate.gateway.shard.backfill.BackfillRig.Sent;
import io.sandgate.gateway.shard.protocol.ShardId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static io.sandgate.gateway.shard.backfill.BackfillRig.SHARD;
import static io.sandgate.gateway.shard.backfill.BackfillRig.guild;
import static org.assertj.core.api.Assertions.assertThat;

class BackfillTest {
    private static final ShardId OTHER = new ShardId(1, 8);
    private static final long GUILD = guild(0, 5);

    private final BackfillRig rig = new BackfillRig(BackfillRig.freshOnly());

    @Test
    void newGuilds_areAskedForInTheOrderInWhichTheyCame() {
        rig.live(SHARD);
        rig.fresh(SHARD, guild(0, 9));
        rig.fresh(SHARD, guild(0, 3));
        rig.fresh(SHARD, guild(0, 9));
        rig.run(1);
        assertThat(rig.guildsSent()).containsExactly(guild(0, 9), guild(0, 3));
        assertThat(rig.count("sandgate.shards.backfill.requests", "reason", "fresh")).isEqualTo(2);
        assertThat(rig.gauge("sandgate.shards.backfill.inflight")).isEqualTo(2);
    }

    @Test
    void newGuild_ofAShardThatCameHereJustNow_waitsForTheUpstreamsTime() {
        rig.backfill.held(SweepCursor.start(SHARD));
        rig.backfill.connected(SHARD, 1);
        rig.fresh(SHARD, GUILD);
        rig.run(30.4);
        assertThat(rig.sent).isEmpty();
        rig.run(1);
        assertThat(rig.guildsSent()).containsExactly(GUILD);
    }

    @Test
    void newGuild_thatIsSeenByANewSession_isAskedForNotSoonerThanTheUpstreamAllows() {
        rig.live(SHARD);
        rig.fresh(SHARD, GUILD);
        rig.run(1);
        rig.answer(rig.sent.getFirst(), 10);
        rig.backfill.connected(SHARD, 2);
        rig.fresh(SHARD, GUILD);
        rig.run(32);
        assertThat(rig.sent).hasSize(2);
        assertThat(rig.sent.get(1).at() - rig.sent.get(0).at()).isBetween(30.0, 31.5);
        assertThat(rig.sent.get(1).attempt()).isEqualTo(2);
    }

    @Test
    void newGuild_ofAnotherShardOfAnotherCount_waitsForTheGuildsTimeToo() {
        ShardId old = new ShardId(0, 4);
        rig.live(SHARD);
        rig.live(old);
        rig.fresh(SHARD, GUILD);
        rig.run(1);
        rig.answer(rig.sent.getFirst(), 10);
        rig.fresh(old, GUILD);
        rig.run(32);
        assertThat(rig.sent).extracting(Sent::shard).containsExactly(SHARD, old);
        assertThat(rig.sent.get(1).at() - rig.sent.get(0).at()).isGreaterThan(30);
    }

    @Test
    void chunks_inAnyOrderAndTwice_areCountedOnceWhenAllAreThere() {
        Sent request = oneRequest();
        for (int index : new int[]{2, 0, 2, 0}) {
            chunk(request, index, 3, 1_000);
        }
        assertThat(rig.counts.known).isEmpty();
        chunk(request, 1, 3, 17);
        assertThat(rig.counts.known).containsEntry(GUILD, 2_017L);
        rig.run(1);
        assertThat(rig.gauge("sandgate.shards.backfill.inflight")).isZero();
    }

    @Test
    void chunks_ofAnotherRequestOrOutOfBounds_arePassedOver() {
        Sent request = oneRequest();
        rig.backfill.chunk(SHARD, new MemberChunk(GUILD, "x", 0, 1, 5));
        rig.backfill.chunk(OTHER, new MemberChunk(GUILD, request.nonce(), 0, 1, 5));
        chunk(request, 1, 1, 5);
        chunk(request, -1, 1, 5);
        chunk(request, 0, 1_000_000, 5);
        chunk(request, 0, 2, 5);
        chunk(request, 1, 3, 5);
        assertThat(rig.counts.known).isEmpty();
        chunk(request, 1, 2, 5);
        assertThat(rig.counts.known).containsEntry(GUILD, 10L);
    }

    @Test
    void request_whoseChunksGoOnComing_isNotGivenUp() {
        Sent request = oneRequest();
        for (int index = 0; index < 5; index++) {
            rig.run(20);
            chunk(request, index, 5, 1_000);
        }
        assertThat(rig.counts.known).containsEntry(GUILD, 5_000L);
        assertThat(rig.sent).hasSize(1);
    }

    @Test
    void request_withoutAnAnswer_isMadeThreeTimesInAll() {
        oneRequest();
        rig.run(300);
        assertThat(rig.sent).hasSize(3);
        assertThat(rig.sent).extracting(Sent::nonce).doesNotHaveDuplicates();
        assertThat(rig.count("sandgate.shards.backfill.skipped", "reason", "unanswered")).isEqualTo(1);
        assertThat(rig.held("drained")).isEqualTo(1);
    }

    @Test
    void nonce_ofTheLargestGuild_fitsIntoTheProtocol() {
        rig.live(SHARD);
        rig.fresh(SHARD, Long.MAX_VALUE);
        rig.run(1);
        assertThat(rig.sent.getFirst().nonce().getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(32);
    }

    @Test
    void rateLimited_request_isMadeAgainWhenTheUpstreamWants() {
        Sent request = oneRequest();
        rig.backfill.rateLimited(SHARD, GUILD, request.nonce(), Duration.ofSeconds(50));
        rig.run(50);
        assertThat(rig.sent).hasSize(1);
        rig.run(2);
        assertThat(rig.sent).hasSize(2);
        rig.answer(rig.sent.get(1), 8);
        assertThat(rig.counts.known).containsEntry(GUILD, 8L);
    }

    @Test
    void connection_thatTakesNothing_isTriedAgainSoonAndLosesNothing() {
        rig.takes = false;
        rig.live(SHARD);
        rig.fresh(SHARD, GUILD);
        rig.run(5);
        assertThat(rig.sent).isEmpty();
        rig.takes = true;
        rig.run(1);
        assertThat(rig.guildsSent()).containsExactly(GUILD);
    }

    @Test
    void hold_lastsUntilTheSinkHasTakenWhatCame() {
        rig.sinkIsLow = false;
        Sent request = oneRequest();
        rig.answer(request, 10);
        rig.run(20);
        assertThat(rig.gauge("sandgate.shards.backfill.holding")).isEqualTo(1);
        rig.sinkIsLow = true;
        rig.run(1);
        assertThat(rig.gauge("sandgate.shards.backfill.holding")).isZero();
        assertThat(rig.held("drained")).isEqualTo(1);
    }

    @Test
    void hold_thatReachesTheLongestTime_makesWayAndComesAgain() {
        var one = new BackfillRig(BackfillRig.settings(1, 0, 0));
        one.live(SHARD);
        one.live(OTHER);
        one.takes = false;
        one.fresh(SHARD, GUILD);
        one.run(1);
        one.fresh(OTHER, guild(1, 1));
        one.run(118);
        one.takes = true;
        assertThat(one.held("max")).isZero();
        one.sinkIsLow = false;
        one.run(1.5);
        assertThat(one.held("max")).isEqualTo(1);
        one.sinkIsLow = true;
        one.run(10);
        assertThat(one.guildsSent()).contains(guild(1, 1));
    }

    @Test
    void shard_withoutATurn_waitsUntilTheOneBeforeHasDrained() {
        var one = new BackfillRig(BackfillRig.settings(1, 0, 0));
        one.live(SHARD);
        one.live(OTHER);
        one.fresh(SHARD, GUILD);
        one.fresh(OTHER, guild(1, 1));
        one.run(5);
        assertThat(one.guildsSent()).containsExactly(GUILD);
        one.answer(one.sent.getFirst(), 3);
        one.run(1);
        assertThat(one.guildsSent()).containsExactly(GUILD, guild(1, 1));
    }

    @Test
    void disconnected_whileItHolds_releasesOnceAndAsksAgainOnTheNextConnection() {
        Sent request = oneRequest();
        rig.backfill.disconnected(SHARD, 1);
        rig.backfill.disconnected(SHARD, 1);
        rig.run(1);
        assertThat(rig.held("disconnect")).isEqualTo(1);
        assertThat(rig.gauge("sandgate.shards.backfill.inflight")).isZero();
        rig.answer(request, 9);
        assertThat(rig.counts.known).isEmpty();
        rig.backfill.connected(SHARD, 2);
        rig.run(40);
        assertThat(rig.guildsSent()).containsExactly(GUILD, GUILD);
        assertThat(rig.sent.get(1).attempt()).isEqualTo(2);
    }

    @Test
    void disconnected_ofAnOlderConnection_changesNothing() {
        rig.live(SHARD);
        rig.backfill.connected(SHARD, 2);
        rig.fresh(SHARD, GUILD);
        rig.run(0.1);
        rig.backfill.disconnected(SHARD, 1);
        rig.answer(rig.sent.getFirst(), 9);
        assertThat(rig.counts.known).containsEntry(GUILD, 9L);
        assertThat(rig.held("disconnect")).isZero();
    }

    @Test
    void openRequests_ofOneShard_areBounded() {
        rig.live(SHARD);
        for (int number = 1; number <= 100; number++) {
            rig.fresh(SHARD, guild(0, number));
        }
        rig.run(2);
        assertThat(rig.sent).hasSize(64);
        List.copyOf(rig.sent).subList(0, 30).forEach(request -> rig.answer(request, 1));
        rig.run(1);
        assertThat(rig.sent).hasSize(94);
    }

    @Test
    void guilds_moreThanAShardMayHave_areCountedAndPassedOver() {
        rig.live(SHARD);
        for (int number = 1; number <= 5_002; number++) {
            rig.fresh(SHARD, guild(0, number));
        }
        assertThat(rig.count("sandgate.shards.backfill.skipped", "reason", "full")).isEqualTo(2);
    }

    @Test
    void guildGone_isNotAskedForAndNotKnown() {
        rig.live(SHARD);
        rig.counts.known.put(GUILD, 4L);
        rig.fresh(SHARD, GUILD);
        rig.backfill.guildGone(SHARD, GUILD);
        rig.run(5);
        assertThat(rig.sent).isEmpty();
        assertThat(rig.counts.known).isEmpty();
    }

    @Test
    void released_shard_isAskedForNothingMore() {
        rig.live(SHARD);
        rig.fresh(SHARD, GUILD);
        rig.backfill.released(SHARD);
        rig.fresh(SHARD, GUILD);
        rig.backfill.connected(SHARD, 2);
        rig.run(100);
        assertThat(rig.sent).isEmpty();
        assertThat(rig.backfill.cursor(SHARD)).isEmpty();
    }

    @Test
    void memberDelta_changesACountThatIsKnown() {
        rig.live(SHARD);
        rig.counts.known.put(GUILD, 4L);
        rig.backfill.memberDelta(SHARD, GUILD, 1);
        rig.backfill.memberDelta(SHARD, guild(0, 6), 1);
        assertThat(rig.counts.known).containsOnlyKeys(GUILD).containsEntry(GUILD, 5L);
    }

    @Test
    void newGuild_whoseCountIsNear_isSkippedAndOneWithoutACountIsNot() {
        var near = new BackfillRig(BackfillRig.settings(4, 0.05, 0));
        near.live(SHARD);
        near.counts.known.put(guild(0, 1), 95L);
        near.counts.known.put(guild(0, 2), 94L);
        for (int number = 1; number <= 3; number++) {
            near.backfill.guildSeen(SHARD, guild(0, number), 100, true);
        }
        near.run(1);
        assertThat(near.guildsSent()).containsExactly(guild(0, 2), guild(0, 3));
        assertThat(near.count("sandgate.shards.backfill.skipped", "reason", "close")).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"95,100,0.05,true", "105,100,0.05,true", "94,100,0.05,false", "106,100,0.05,false",
            "100,100,0,false", "0,0,0.05,true", "1,0,1,false", "0,1,1,true", "2,1,1,true", "3,1,1,false"})
    void divergence_atItsEdges(long known, long upstream, double ratio, boolean expected) {
        assertThat(FreshGuilds.isClose(OptionalLong.of(known), upstream, ratio)).isEqualTo(expected);
        assertThat(FreshGuilds.isClose(OptionalLong.empty(), upstream, ratio)).isFalse();
    }

    @Test
    void close_stopsEverything() {
        rig.live(SHARD);
        rig.fresh(SHARD, GUILD);
        rig.backfill.close();
        rig.backfill.held(SweepCursor.start(OTHER));
        rig.run(100);
        assertThat(rig.sent).isEmpty();
    }

    private Sent oneRequest() {
        rig.live(SHARD);
        rig.fresh(SHARD, GUILD);
        rig.run(0.1);
        assertThat(rig.guildsSent()).containsExactly(GUILD);
        return rig.sent.getFirst();
    }

    private void chunk(Sent request, int index, int count, int members) {
        rig.backfill.chunk(request.shard(), new MemberChunk(request.guild(), request.nonce(), index, count, members));
    }
}
