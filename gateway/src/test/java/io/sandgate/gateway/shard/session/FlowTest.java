package io.sandgate.gateway.shard.session;

import io.sandgate.gateway.shard.protocol.Compression;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.sandgate.gateway.shard.session.Bench.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

class FlowTest {

    private static void events(FakeUpstream.Dial dial, long from, long to) {
        LongStream.rangeClosed(from, to).forEach(sequence -> dial.event(sequence, "MESSAGE_CREATE"));
    }

    private static Long[] sequences(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toArray(Long[]::new);
    }

    @Test
    void record_sinkIsSlow_saysOnlyWhatItAccepted() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        bench.sink.hold();
        events(dial, 2, 9);
        assertThat(bench.session.record()).hasValueSatisfying(record -> assertThat(record.sequence()).isOne());
        bench.sink.take(3);

        assertThat(bench.session.record()).hasValueSatisfying(record -> assertThat(record.sequence()).isEqualTo(4));
        assertThat(bench.view().received()).isEqualTo(9);
        assertThat(bench.view().accepted()).isEqualTo(4);
        assertThat(bench.view().waiting()).isEqualTo(5);
    }

    @Test
    void record_beforeTheSinkAcceptedReady_isNone() {
        Bench bench = new Bench();
        bench.sink.hold();
        bench.live();

        assertThat(bench.session.hasSession()).isTrue();
        assertThat(bench.session.record()).isEmpty();
    }

    @Test
    void event_ofATypeThatIsNotWanted_countsAsAccepted() {
        Bench bench = new Bench(Optional.empty(), Compression.NONE, Set.of("READY", "WANTED"));
        FakeUpstream.Dial dial = bench.live();
        dial.event(2, "OTHER");
        dial.event(3, "WANTED");
        bench.sink.hold();
        dial.event(4, "WANTED");
        dial.event(5, "OTHER");

        assertThat(bench.sink.sequences()).containsExactly(1L, 3L);
        assertThat(bench.around.seen).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(bench.view().accepted()).isEqualTo(3);
        bench.sink.takeAll();
        assertThat(bench.view().accepted()).isEqualTo(5);
    }

    @Test
    void sink_full_stopsReadingUntilAQuarterIsLeft() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        bench.sink.hold();
        events(dial, 2, 256);
        assertThat(dial.paused).isFalse();
        events(dial, 257, 260);
        assertThat(dial.paused).isTrue();
        bench.sink.take(259 - 65);
        bench.loop.run();
        assertThat(dial.paused).isTrue();
        bench.sink.take(1);
        bench.loop.run();

        assertThat(dial.paused).isFalse();
        bench.sink.takeAll();
        events(dial, 261, 300);
        assertThat(bench.sink.sequences()).containsExactly(sequences(1, 300));
    }

    @Test
    void sink_fullOfBytes_stopsReading() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        bench.sink.hold();
        for (int i = 2; i < 24; i++) {
            dial.say("{\"op\":0,\"s\":" + i + ",\"t\":\"X\",\"d\":\"" + "x".repeat(50_000) + "\"}");
        }
        assertThat(dial.paused).isTrue();
        bench.sink.takeAll();
        bench.loop.run();
        assertThat(dial.paused).isFalse();
    }

    @Test
    void sink_fullWhileReplaying_missesNoDeadline() {
        Bench bench = Bench.withRecord();
        FakeUpstream.Dial dial = bench.connected();
        bench.sink.hold();
        events(dial, 11, 266);
        assertThat(dial.paused).isTrue();
        bench.loop.run(Duration.ofMinutes(10));
        assertThat(bench.session.state()).isEqualTo(ShardState.RESUMING);
        assertThat(dial.closedWith).isZero();

        bench.sink.takeAll();
        bench.loop.run();
        assertThat(dial.paused).isFalse();
        bench.loop.run(SECOND.multipliedBy(31));
        assertThat(dial.closedWith).as("now it is awaited").isEqualTo(4000);
    }

    @Test
    void sink_fullAsTheConnectionBreaks_isNotGivenMoreByTheNextOne() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        bench.sink.hold();
        events(dial, 2, 257);
        dial.listener.closed(Upstream.NO_CODE);
        FakeUpstream.Dial next = bench.resuming();
        assertThat(Bench.resumeSequence(next)).isEqualTo(257);
        assertThat(next.paused).isTrue();

        bench.sink.takeAll();
        bench.loop.run();
        assertThat(next.paused).isFalse();
        next.event(258, "RESUMED");
        assertThat(bench.sink.sequences()).containsExactly(sequences(1, 258));
    }

    @Test
    void lease_expires_stopsReadingAndNotHeartbeatsAndGoesOnOnTheSameConnection() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        events(dial, 2, 4);
        bench.expireLease();
        assertThat(bench.session.state()).isEqualTo(ShardState.FENCED);
        assertThat(dial.paused).isTrue();
        events(dial, 5, 8);
        bench.loop.run(Duration.ofMinutes(10));
        assertThat(bench.sink.sequences()).containsExactly(sequences(1, 4));
        assertThat(dial.sent(1)).hasSizeBetween(14, 16);
        assertThat(dial.closedWith).isZero();

        bench.renewLease();
        assertThat(bench.session.state()).isEqualTo(ShardState.LIVE);
        assertThat(dial.paused).isFalse();
        events(dial, 9, 9);
        assertThat(bench.sink.sequences()).containsExactly(sequences(1, 9));
        assertThat(bench.upstream.dials).hasSize(1);
    }

    @Test
    void lease_freshAgain_readsOnAfterWhatWasKept() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        bench.expireLease();
        events(dial, 2, 4);
        dial.unread = () -> {
            dial.unread = () -> {};
            events(dial, 5, 7);
        };
        bench.renewLease();

        assertThat(bench.sink.sequences()).containsExactly(sequences(1, 7));
        assertThat(dial.closedWith).isZero();
    }

    @Test
    void lease_freshAgainUnseen_losesNoEvent() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        bench.expireLease();
        events(dial, 2, 3);
        bench.lease.renew(7, bench.loop.nanoTime() + Duration.ofHours(1).toNanos());
        events(dial, 4, 5);

        assertThat(bench.session.state()).isEqualTo(ShardState.LIVE);
        assertThat(bench.sink.sequences()).containsExactly(sequences(1, 5));
    }

    @Test
    void lease_foundExpiredByAnEvent_keepsTheEvent() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        bench.lease.renew(7, bench.loop.nanoTime());
        events(dial, 2, 3);

        assertThat(bench.session.state()).isEqualTo(ShardState.FENCED);
        assertThat(bench.view().note()).isEqualTo("the lease is not fresh");
        assertThat(bench.sink.sequences()).containsExactly(1L);
        bench.renewLease();
        assertThat(bench.sink.sequences()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void lease_expiresAgainAndAgain_keepsTheOrder() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        for (int i = 0; i < 5; i++) {
            bench.expireLease();
            events(dial, 2 + i * 3L, 4 + i * 3L);
            bench.renewLease();
        }
        assertThat(bench.sink.sequences()).containsExactly(sequences(1, 16));
        assertThat(bench.upstream.dials).hasSize(1);
    }

    @Test
    void lease_expiresWhileReplaying_goesOnReplaying() {
        Bench bench = Bench.withRecord();
        FakeUpstream.Dial dial = bench.connected();
        events(dial, 11, 12);
        bench.expireLease();
        events(dial, 13, 14);
        bench.loop.run(Duration.ofMinutes(5));
        assertThat(bench.session.state()).isEqualTo(ShardState.FENCED);
        assertThat(bench.around.turns).isZero();

        bench.renewLease();
        assertThat(bench.session.state()).isEqualTo(ShardState.RESUMING);
        dial.event(15, "RESUMED");
        assertThat(bench.session.state()).isEqualTo(ShardState.LIVE);
        assertThat(bench.sink.sequences()).containsExactly(sequences(11, 15));
    }

    @Test
    void lease_expiresBeforeReady_keepsReadyForLater() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.connected();
        bench.permit(1);
        bench.expireLease();
        dial.ready("first");
        assertThat(bench.session.state()).isEqualTo(ShardState.FENCED);
        assertThat(bench.sink.accepted).isEmpty();

        bench.renewLease();
        assertThat(bench.session.state()).isEqualTo(ShardState.LIVE);
        assertThat(bench.sink.sequences()).containsExactly(1L);
    }

    @Test
    void lease_expiredWithFarTooMuchComing_closesAndHasItReplayed() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        bench.expireLease();
        events(dial, 2, 257);
        assertThat(dial.closedWith).isZero();
        events(dial, 258, 258);

        assertThat(dial.closedWith).isEqualTo(4000);
        bench.renewLease();
        assertThat(Bench.resumeSequence(bench.resuming())).isOne();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void lease_expiresAndTheSinkLetsEventsGo_resumesFromBeforeThem(boolean asksOnly) {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        bench.sink.hold();
        events(dial, 2, 6);
        bench.sink.take(2);
        bench.expireLease();
        if (asksOnly) {
            assertThat(bench.sink.ask()).isFalse();
        } else {
            bench.sink.take(1);
        }
        bench.loop.run();
        assertThat(bench.session.state()).isEqualTo(ShardState.FENCED);

        bench.renewLease();
        bench.sink.takeAll();
        assertThat(bench.sink.sequences()).as("none after one that was let go").containsExactly(1L, 2L, 3L);
        assertThat(dial.closedWith).isEqualTo(4000);
        FakeUpstream.Dial next = bench.resuming();
        assertThat(Bench.resumeSequence(next)).isEqualTo(3);
        events(next, 4, 6);
        next.event(7, "RESUMED");
        assertThat(bench.sink.sequences()).containsExactly(sequences(1, 7));
        assertThat(bench.session.record()).hasValueSatisfying(record -> assertThat(record.sequence()).isEqualTo(7));
        assertThat(bench.around.fates).containsExactly("1 USED");
    }

    @Test
    void lease_expiresUnseenAndTheSinkLetsAnEventGo_resumes() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        bench.sink.hold();
        events(dial, 2, 3);
        bench.lease.renew(7, bench.loop.nanoTime());
        bench.sink.take(1);
        bench.lease.renew(7, bench.loop.nanoTime() + Duration.ofHours(1).toNanos());
        bench.loop.run();

        assertThat(dial.closedWith).isEqualTo(4000);
        assertThat(bench.view().note()).isEqualTo("events were not handed on while the lease was not fresh");
        assertThat(Bench.resumeSequence(bench.resuming())).isOne();
    }

    @Test
    void session_dropped_stillHasItsEventsHandedOn() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        bench.sink.hold();
        events(dial, 2, 5);
        dial.listener.closed(4009);
        FakeUpstream.Dial next = bench.helloed(bench.dial());
        bench.permit(2);
        next.ready("second");
        bench.sink.takeAll();

        assertThat(bench.sink.accepted.stream().map(event -> event.sessionId() + event.sequence()))
                .containsExactly("first1", "first2", "first3", "first4", "first5", "second1");
        assertThat(bench.session.record()).hasValueSatisfying(record -> assertThat(record.sequence()).isOne());
    }

    @Test
    void session_droppedOverAndOver_doesNotLetTheSinkOverflow() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        bench.sink.hold();
        events(dial, 2, 200);
        dial.listener.closed(4009);
        FakeUpstream.Dial next = bench.helloed(bench.dial());
        bench.permit(2);
        next.ready("second");
        events(next, 2, 100);

        assertThat(next.paused).isTrue();
        assertThat(bench.view().waiting()).isEqualTo(199 + 100);
    }

    @Test
    void view_andRecord_keepTheTokenAndTheSessionToThemselves() {
        Bench bench = new Bench();
        bench.live();

        assertThat(bench.view().toString()).doesNotContain("a-secret-token").doesNotContain("first");
        assertThat(bench.settings.toString()).doesNotContain("a-secret-token");
    }
}
