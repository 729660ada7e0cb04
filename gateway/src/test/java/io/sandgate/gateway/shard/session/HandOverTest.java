package io.sandgate.gateway.shard.session;

import io.sandgate.gateway.shard.record.SessionRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.sandgate.gateway.shard.session.Bench.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

class HandOverTest {
    private final List<Optional<SessionRecord>> told = new ArrayList<>();

    private static void hold(Bench bench, FakeUpstream.Dial dial) {
        bench.sink.hold();
        dial.event(2, "MESSAGE_CREATE");
        dial.event(3, "MESSAGE_CREATE");
    }

    private long handedOver() {
        assertThat(told).hasSize(1);
        return told.getFirst().orElseThrow().sequence();
    }

    @Test
    void handOver_sinkHasAll_closesAtOnceAndTheNextOwnerResumes() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        dial.event(2, "MESSAGE_CREATE");
        bench.session.handOver(told::add);

        assertThat(handedOver()).isEqualTo(2);
        assertThat(dial.closedWith).isEqualTo(4000);
        assertThat(bench.session.state()).isEqualTo(ShardState.RELEASED);
        bench.session = bench.successor(told.getFirst());
        assertThat(Bench.resumeSequence(bench.connected())).isEqualTo(2);
        assertThat(bench.around.fates).containsExactly("1 USED");
    }

    @Test
    void successor_ofAHandOver_dialsAtOnce() {
        Bench bench = new Bench();
        bench.live();
        bench.session.handOver(told::add);
        bench.session = bench.successor(told.getFirst());
        int dials = bench.upstream.dials.size();

        bench.session.startAtOnce();
        bench.loop.run();

        assertThat(bench.upstream.dials).hasSize(dials + 1);
    }

    @Test
    void handOver_sinkIsSlow_isWaitedFor() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        hold(bench, dial);
        bench.session.handOver(told::add);
        assertThat(bench.session.state()).isEqualTo(ShardState.HANDING_OVER);
        assertThat(dial.paused).isTrue();
        dial.event(4, "MESSAGE_CREATE");
        bench.loop.run(SECOND);
        assertThat(told).isEmpty();
        assertThat(dial.closedWith).isZero();
        bench.sink.takeAll();
        bench.loop.run();

        assertThat(handedOver()).isEqualTo(3);
        assertThat(dial.closedWith).isEqualTo(4000);
    }

    @Test
    void handOver_sinkNeverTakes_isDoneInTimeAndNothingIsHandedOnAfterwards() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        hold(bench, dial);
        bench.sink.take(1);
        bench.session.handOver(told::add);
        bench.loop.run(SECOND.multipliedBy(2));

        assertThat(handedOver()).isEqualTo(2);
        assertThat(dial.closedWith).isEqualTo(4000);
        bench.sink.takeAll();
        assertThat(bench.sink.sequences()).containsExactly(1L, 2L);
        assertThat(bench.session.record()).isEqualTo(told.getFirst());
    }

    @Test
    void handOver_sinkLetsGo_isDoneAtOnce() {
        Bench bench = new Bench();
        hold(bench, bench.live());
        bench.session.handOver(told::add);
        bench.expireLease();
        bench.sink.take(1);
        bench.loop.run();

        assertThat(handedOver()).isOne();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"op\":7,\"d\":null}", "{\"op\":9,\"d\":true}", "what is this"})
    void handOver_connectionEndsMeanwhile_isDoneAtOnce(String frame) {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        hold(bench, dial);
        bench.session.handOver(told::add);
        dial.say(frame);

        assertThat(handedOver()).isOne();
        assertThat(bench.session.state()).isEqualTo(ShardState.RELEASED);
        bench.loop.run(Duration.ofHours(1));
        assertThat(bench.upstream.dials).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {4009, 4004, 4011})
    void handOver_sessionIsOverMeanwhile_hasNoRecord(int code) {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        hold(bench, dial);
        bench.session.handOver(told::add);
        dial.listener.closed(code);

        assertThat(told).containsExactly(Optional.empty());
        assertThat(bench.session.state()).isEqualTo(ShardState.RELEASED);
    }

    @Test
    void handOver_notConnected_givesWhatIsKnown() {
        Bench bench = Bench.withRecord();
        bench.session.start();
        FakeUpstream.Dial dial = bench.dial();
        bench.session.handOver(told::add);

        assertThat(handedOver()).isEqualTo(10);
        assertThat(told.getFirst().orElseThrow().epoch()).isEqualTo(7);
        assertThat(dial.closedWith).isEqualTo(4000);
        assertThat(bench.around.turns).isZero();
    }

    @Test
    void handOver_fenced_givesUpToTheLastThatWasHandedOn() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        dial.event(2, "MESSAGE_CREATE");
        bench.expireLease();
        dial.event(3, "MESSAGE_CREATE");
        bench.session.handOver(told::add);

        assertThat(handedOver()).isEqualTo(2);
    }

    @Test
    void handOver_askedForTwice_tellsBoth() {
        Bench bench = new Bench();
        hold(bench, bench.live());
        bench.session.handOver(told::add);
        bench.session.handOver(told::add);
        bench.sink.takeAll();
        bench.loop.run();
        bench.session.handOver(told::add);

        assertThat(told).hasSize(3).allSatisfy(record -> assertThat(record.orElseThrow().sequence()).isEqualTo(3));
    }

    @Test
    void handOver_releasedMeanwhile_isStillTold() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        hold(bench, dial);
        bench.session.handOver(told::add);
        bench.session.release(false);

        assertThat(handedOver()).isOne();
        assertThat(dial.closedWith).isEqualTo(4000);
    }

    @Test
    void release_forGood_endsTheSessionAtTheUpstream() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        bench.session.release(true);

        assertThat(dial.closedWith).isEqualTo(1000);
        assertThat(bench.session.record()).isEmpty();
        assertThat(bench.session.state()).isEqualTo(ShardState.RELEASED);
    }

    @Test
    void release_andEverythingThatIsAskedAfterwards_doesNothing() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        bench.session.release(false);
        bench.session.restart();
        bench.session.disconnect();
        bench.session.leaseChanged();
        bench.expireLease();
        bench.renewLease();
        bench.session.release(true);
        bench.loop.run(Duration.ofHours(1));

        assertThat(dial.closedWith).isEqualTo(4000);
        assertThat(bench.session.state()).isEqualTo(ShardState.RELEASED);
        assertThat(bench.session.requestMembers(1, "")).isFalse();
        assertThat(bench.upstream.dials).hasSize(1);
        assertThat(bench.around.disconnections).isOne();
    }

    @Test
    void handOver_operatorRestartsMeanwhile_goesOn() {
        Bench bench = new Bench();
        hold(bench, bench.live());
        bench.session.handOver(told::add);
        bench.session.restart();
        bench.session.disconnect();
        assertThat(bench.session.state()).isEqualTo(ShardState.HANDING_OVER);
        bench.loop.run(SECOND.multipliedBy(2));

        assertThat(handedOver()).isOne();
    }
}
