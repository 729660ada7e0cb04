package io.sandgate.gateway.shard.session;

import org.junit.jupiter.api.Test;

import static io.sandgate.gateway.shard.session.Bench.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

class PermitTest {

    @Test
    void permit_comesLate_goesBack() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.connected();
        bench.session.permit(bench.session.attempt(), 2, bench.loop.nanoTime());

        assertThat(bench.around.fates).containsExactly("2 UNUSED");
        assertThat(dial.sent(2)).isEmpty();
        assertThat(bench.session.waiting()).isPresent();
    }

    @Test
    void permit_ofAnotherAttempt_goesBack() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.connected();
        bench.session.permit(bench.session.attempt() - 1, 2, bench.loop.nanoTime() + 1_000_000);

        assertThat(bench.around.fates).containsExactly("2 UNUSED");
        assertThat(dial.sent(2)).isEmpty();
    }

    @Test
    void permit_whileNotQueued_goesBack() {
        Bench bench = Bench.withRecord();
        bench.permit(1);
        bench.connected();
        bench.permit(2);
        bench.session.release(false);
        bench.permit(3);

        assertThat(bench.around.fates).containsExactly("1 UNUSED", "2 UNUSED", "3 UNUSED");
        assertThat(bench.upstream.last().sent(2)).isEmpty();
    }

    @Test
    void permit_leaseIsNotFresh_goesBack() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.connected();
        bench.expireLease();
        bench.permit(2);

        assertThat(bench.around.fates).containsExactly("2 UNUSED");
        assertThat(dial.sent(2)).isEmpty();
        bench.renewLease();
        bench.permit(3);
        assertThat(dial.sent(2)).hasSize(1);
    }

    @Test
    void permit_saidTwice_isUsedOnce() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.connected();
        long attempt = bench.session.attempt();
        bench.permit(2);
        bench.permit(2);
        dial.listener.closed(4000);
        bench.session.permit(attempt, 2, bench.loop.nanoTime() + SECOND.toNanos());

        assertThat(dial.sent(2)).hasSize(1);
        assertThat(bench.around.fates).containsExactly("2 USED");
    }

    @Test
    void permit_secondOneForAnAttempt_goesBack() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.connected();
        bench.permit(2);
        bench.permit(3);
        dial.ready("first");
        bench.permit(4);

        assertThat(dial.sent(2)).hasSize(1);
        assertThat(bench.around.fates).containsExactly("2 USED", "3 UNUSED", "4 UNUSED");
    }

    @Test
    void permit_givenAsSoonAsItIsAskedFor_isUsed() {
        Bench bench = new Bench();
        bench.around.onChange = () -> bench.session.waiting().ifPresent(attempt -> bench.permit(6));
        FakeUpstream.Dial dial = bench.connected();

        assertThat(dial.sent(2)).hasSize(1);
        assertThat(bench.session.state()).isEqualTo(ShardState.IDENTIFYING);
        bench.loop.run(SECOND.multipliedBy(15));
        assertThat(bench.view().note()).startsWith("no READY");
    }

    @Test
    void permit_anotherOneAsItIsToldOf_goesBack() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.connected();
        bench.around.onFate = () -> {
            bench.around.onFate = () -> {};
            bench.permit(7);
        };
        bench.permit(6);

        assertThat(dial.sent(2)).hasSize(1);
        assertThat(bench.around.fates).containsExactly("6 USED", "7 UNUSED");
    }

    @Test
    void requestMembers_budgetIsUsedUp_isRefusedUntilTimeHasPassed() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        int sent = 0;
        while (bench.session.requestMembers(41, "nonce")) {
            sent++;
        }
        assertThat(sent).isEqualTo(111);
        assertThat(dial.sent(8)).hasSize(111);
        bench.runAnswered(SECOND.multipliedBy(61));
        assertThat(bench.session.requestMembers(41, "nonce")).isTrue();
    }

    @Test
    void requestMembers_notLive_isRefused() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.connected();
        assertThat(bench.session.requestMembers(41, "nonce")).isFalse();
        bench.permit(1);
        dial.ready("first");
        assertThat(bench.session.requestMembers(41, "nonce")).isTrue();
        bench.expireLease();
        assertThat(bench.session.requestMembers(41, "nonce")).isFalse();
    }
}
