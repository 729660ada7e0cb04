package io.sandgate.gateway.shard.session;

import java.time.Duration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HeartbeatsTest {
    private static final Duration INTERVAL = Duration.ofSeconds(40);

    @Test
    void heartbeat_firstOne_comesAfterAPartOfTheInterval() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        assertThat(dial.sent(1)).isEmpty();
        bench.loop.run(INTERVAL);

        assertThat(dial.sent(1)).hasSize(1);
        assertThat(Bench.data(dial, 2)).isNotNull();
        assertThat(dial.sent(1).getFirst().getLong("d")).isOne();
    }

    @Test
    void acknowledgement_missing_closesAsAZombieAndResumes() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        bench.runAnswered(Duration.ofMinutes(5));
        int beats = dial.sent(1).size();
        assertThat(dial.closedWith).isZero();
        bench.loop.run(INTERVAL);
        assertThat(dial.sent(1)).hasSize(beats + 1);
        assertThat(dial.closedWith).isZero();
        for (int i = 0; i < INTERVAL.toSeconds() && dial.closedWith == 0; i++) {
            bench.loop.run(Bench.SECOND);
        }

        assertThat(dial.closedWith).isEqualTo(4000);
        assertThat(bench.view().note()).isEqualTo("a heartbeat was not acknowledged");
        assertThat(bench.count("zombies")).isOne();
        assertThat(bench.resuming().sent(6)).hasSize(1);
    }

    @Test
    void acknowledgement_comes_isSeen() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        assertThat(bench.view().latencyMillis()).isEqualTo(-1);
        while (dial.sent(1).isEmpty()) {
            bench.loop.run(Duration.ofMillis(10));
        }
        bench.loop.run(Duration.ofMillis(100));
        dial.ack();
        bench.loop.run(Duration.ofSeconds(3));

        assertThat(bench.view().latencyMillis()).isBetween(100.0, 110.0);
        assertThat(bench.view().ackMillis()).isEqualTo(3_000);
    }

    @Test
    void upstream_asksForAHeartbeat_isAnsweredAtOnceAndTheNextIsDueWhenItWas() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        dial.say("{\"op\":1,\"d\":null}");

        assertThat(dial.sent(1)).hasSize(1);
        bench.loop.run(INTERVAL);
        assertThat(dial.sent(1)).hasSize(2);
    }

    @Test
    void upstream_asksForFarTooMany_getsThoseThatAreDueAndNoMoreThanMayBeSent() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        for (int i = 0; i < 300; i++) {
            for (int j = 0; j < 5; j++) {
                dial.say("{\"op\":1,\"d\":null}");
            }
            bench.loop.run(Duration.ofSeconds(1));
            dial.ack();
        }
        assertThat(bench.view().sends()).isBetween(100, 116);
        assertThat(bench.session.state()).isEqualTo(ShardState.LIVE);
        assertThat(bench.session.requestMembers(4, "n")).isFalse();
        int before = dial.sent(1).size();
        bench.loop.run(INTERVAL);
        assertThat(dial.sent(1)).hasSize(before + 1);
    }

    @Test
    void acknowledgement_unreadSinceTheSinkIsFull_isNotMissed() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        bench.sink.hold();
        for (int i = 2; i < 300; i++) {
            dial.event(i, "MESSAGE_CREATE");
        }
        assertThat(dial.paused).isTrue();
        bench.loop.run(Duration.ofMinutes(30));

        assertThat(dial.closedWith).isZero();
        assertThat(dial.sent(1)).hasSizeBetween(44, 46);
        bench.sink.takeAll();
        bench.loop.run();
        assertThat(dial.paused).isFalse();
        bench.loop.run(INTERVAL.multipliedBy(2));
        assertThat(dial.closedWith).as("from here on they are missed again").isEqualTo(4000);
    }

    @Test
    void process_heldUpForLonger_asksOnceMoreBeforeItGivesUp() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        bench.loop.run(INTERVAL);
        assertThat(dial.sent(1)).hasSize(1);
        bench.loop.stall(INTERVAL.multipliedBy(2));
        bench.loop.run();
        assertThat(dial.closedWith).isZero();
        assertThat(dial.sent(1)).hasSize(2);
        bench.loop.run(INTERVAL);
        assertThat(dial.closedWith).isEqualTo(4000);
    }

    @Test
    void queued_acknowledgementMissing_isAnotherAttempt() {
        Bench bench = new Bench();
        bench.connected();
        long attempt = bench.session.attempt();
        bench.loop.run(INTERVAL.multipliedBy(2));

        assertThat(bench.session.state()).isNotEqualTo(ShardState.QUEUED);
        bench.session.permit(attempt, 8, bench.loop.nanoTime() + 1_000_000);
        assertThat(bench.around.fates).containsExactly("8 UNUSED");
    }
}
