package io.sandgate.gateway.shard.backfill;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.sandgate.gateway.shard.backfill.BackfillRig.Sent;
import io.sandgate.gateway.shard.protocol.ShardId;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static io.sandgate.gateway.shard.backfill.BackfillRig.SHARD;
import static io.sandgate.gateway.shard.backfill.BackfillRig.guild;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SweepTest {
    private static final ShardId OTHER = new ShardId(1, 8);

    private final BackfillRig rig = new BackfillRig(BackfillRig.settings(4, 0, 12));

    @Test
    void guilds_areAskedForInTheOrderOfTheirIdsAndThenFromTheFirstAgain() {
        rig.live(SHARD);
        guilds(SHARD, 30, 10, 20);
        rig.backfill.share(1);
        rig.run(3.5);
        assertThat(rig.guildsSent()).containsExactly(guild(0, 10), guild(0, 20), guild(0, 30));
        assertThat(rig.backfill.cursor(SHARD)).contains(new SweepCursor(SHARD, guild(0, 30), 0));
        rig.run(40);
        assertThat(rig.guildsSent()).startsWith(guild(0, 10), guild(0, 20), guild(0, 30), guild(0, 10)).hasSize(6);
        assertThat(rig.backfill.cursor(SHARD)).contains(new SweepCursor(SHARD, guild(0, 30), 1));
        assertThat(rig.count("sandgate.shards.backfill.requests", "reason", "sweep")).isEqualTo(6);
    }

    @Test
    void cursor_ofTheLastOwner_isGoneOnFrom() {
        rig.backfill.held(new SweepCursor(SHARD, guild(0, 15), 7));
        guilds(SHARD, 10, 20, 30);
        rig.run(31);
        rig.backfill.connected(SHARD, 1);
        rig.backfill.share(1);
        rig.run(3.5);
        assertThat(rig.guildsSent()).containsExactly(guild(0, 20), guild(0, 30), guild(0, 10));
        assertThat(rig.backfill.cursor(SHARD)).contains(new SweepCursor(SHARD, guild(0, 10), 8));
    }

    @Test
    void cursor_thatMoved_isHandedOutNowAndThenAndWhenTheShardIsReleased() {
        rig.live(SHARD);
        guilds(SHARD, LongStream.rangeClosed(1, 500).toArray());
        rig.backfill.share(10);
        rig.run(12);
        assertThat(rig.cursors).hasSizeBetween(2, 3);
        rig.run(1);
        rig.backfill.released(SHARD);
        assertThat(rig.cursors.getLast().lastGuild()).isEqualTo(rig.sent.getLast().guild());
        int handedOut = rig.cursors.size();
        rig.run(60);
        assertThat(rig.cursors).hasSize(handedOut);
    }

    @Test
    void shardThatCameHereJustNow_isNotSweptForTheUpstreamsTime() {
        rig.backfill.held(SweepCursor.start(SHARD));
        guilds(SHARD, 1);
        rig.backfill.share(12);
        rig.backfill.connected(SHARD, 1);
        rig.run(30.4);
        assertThat(rig.sent).isEmpty();
        rig.run(1);
        assertThat(rig.guildsSent()).containsExactly(guild(0, 1));
    }

    @Test
    void shardThatIsNotConnected_isNotSweptAndDoesNotHoldUpTheOthers() {
        rig.live(SHARD);
        rig.live(OTHER);
        guilds(SHARD, 1, 2, 3);
        guilds(OTHER, 1, 2, 3);
        rig.backfill.disconnected(SHARD, 1);
        rig.backfill.share(12);
        rig.run(5);
        assertThat(rig.sent).hasSize(3).extracting(Sent::shard).containsOnly(OTHER);
    }

    @Test
    void shardWithNewGuilds_isNotSweptUntilTheyAreAskedFor() {
        var one = new BackfillRig(BackfillRig.settings(1, 0, 12));
        one.live(SHARD);
        one.live(OTHER);
        one.backfill.guildSeen(OTHER, guild(1, 7), 10, false);
        one.fresh(SHARD, guild(0, 1));
        one.fresh(OTHER, guild(1, 1));
        one.backfill.share(12);
        one.run(10);
        assertThat(one.guildsSent()).containsExactly(guild(0, 1));
        one.answer(one.sent.getFirst(), 1);
        one.run(1);
        one.answer(one.sent.getLast(), 1);
        one.run(2);
        assertThat(one.guildsSent()).containsExactly(guild(0, 1), guild(1, 1));
        // the first one of the shard in the sweep's order was asked for just now
        one.run(31);
        assertThat(one.guildsSent()).contains(guild(1, 7));
    }

    @Test
    void sinkThatIsNotLow_stopsTheSweep() {
        rig.live(SHARD);
        guilds(SHARD, 1, 2, 3);
        rig.sinkIsLow = false;
        rig.backfill.share(12);
        rig.run(5);
        assertThat(rig.sent).isEmpty();
        rig.sinkIsLow = true;
        rig.run(1);
        assertThat(rig.sent).hasSize(3);
    }

    @Test
    void share_isTheRateOfThisReplicaFromThenOn() {
        rig.live(SHARD);
        guilds(SHARD, LongStream.rangeClosed(1, 5_000).toArray());
        rig.backfill.share(4);
        answerFor(10);
        assertThat(rig.sent).hasSizeBetween(38, 41);
        rig.backfill.share(1);
        rig.sent.clear();
        answerFor(10);
        assertThat(rig.sent).hasSizeBetween(9, 11);
        rig.backfill.share(0);
        rig.sent.clear();
        answerFor(10);
        assertThat(rig.sent).isEmpty();
        rig.backfill.share(1_000);
        answerFor(10);
        assertThat(rig.sent).hasSizeBetween(118, 121);
    }

    @Test
    void share_notANumber_isRefused() {
        assertThatThrownBy(() -> rig.backfill.share(Double.NaN))
                .hasMessage("share of the sweep: NaN (expected: 0 or more)");
    }

    @Test
    void pause_ofTheProcess_isMadeUpForByOneSecondAtMost() {
        rig.live(SHARD);
        guilds(SHARD, LongStream.rangeClosed(1, 5_000).toArray());
        rig.backfill.share(5);
        rig.loop.stall(Duration.ofSeconds(100));
        rig.run(0);
        assertThat(rig.sent).hasSize(5);
    }

    @Test
    void guildsWithACount_areSweptInASessionThatWasResumed() {
        rig.counts.known.put(guild(0, 2), 5L);
        rig.counts.known.put(guild(0, 1), 5L);
        rig.counts.known.put(guild(1, 1), 5L);
        rig.live(SHARD);
        rig.backfill.share(12);
        rig.run(5);
        assertThat(rig.guildsSent()).containsExactly(guild(0, 1), guild(0, 2));
    }

    @Test
    void memberDelta_takesAGuildIntoTheSweep() {
        rig.live(SHARD);
        rig.backfill.memberDelta(SHARD, guild(0, 9), 1);
        rig.backfill.share(12);
        rig.run(5);
        assertThat(rig.guildsSent()).containsExactly(guild(0, 9));
    }

    @Test
    void refusedGuild_isAskedForAgainWhileTheSweepGoesOn() {
        rig.live(SHARD);
        guilds(SHARD, LongStream.rangeClosed(1, 100).toArray());
        rig.backfill.share(1);
        rig.run(1.5);
        Sent first = rig.sent.getFirst();
        rig.backfill.rateLimited(SHARD, first.guild(), first.nonce(), Duration.ofSeconds(35));
        answerFor(34);
        assertThat(rig.guildsSent()).doesNotHaveDuplicates().hasSizeGreaterThan(30);
        answerFor(5);
        assertThat(rig.guildsSent()).filteredOn(guild -> guild == first.guild()).hasSize(2);
        assertThat(rig.backfill.cursor(SHARD).orElseThrow().lastGuild()).isGreaterThan(guild(0, 35));
    }

    @Test
    void position_isThePartThatIsDone() {
        rig.live(SHARD);
        guilds(SHARD, 1, 2, 3, 4);
        rig.backfill.share(1);
        rig.run(3.5);
        assertThat(rig.gauge("sandgate.shards.backfill.sweep.position")).isEqualTo(0.75);
    }

    @Test
    void log_hasOneLineForABatch() {
        var lines = new ListAppender<ILoggingEvent>();
        lines.start();
        Logger logger = (Logger) LoggerFactory.getLogger(Sweep.class);
        logger.addAppender(lines);
        try {
            rig.live(SHARD);
            guilds(SHARD, LongStream.rangeClosed(1, 500).toArray());
            rig.backfill.share(12);
            answerFor(30);
        } finally {
            logger.detachAppender(lines);
        }
        assertThat(lines.list).singleElement().extracting(ILoggingEvent::getFormattedMessage).asString()
                .startsWith("sweep batch dispatched requests=20").contains("shards=1 position=0.4");
    }

    private void guilds(ShardId shard, long... numbers) {
        for (long number : numbers) {
            rig.backfill.guildSeen(shard, guild(shard.number(), number), 10, false);
        }
    }

    /// Lets a time pass in which every request is answered.
    private void answerFor(int seconds) {
        for (int tenth = 0; tenth < 10 * seconds; tenth++) {
            rig.run(0.1);
            List.copyOf(rig.sent).forEach(request -> rig.answer(request, 1));
        }
    }
}
