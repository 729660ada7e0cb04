package io.sandgate.gateway.shard.pacing;

import io.sandgate.gateway.shard.pacing.PermitReport.Kind;
import io.sandgate.gateway.shard.protocol.ShardId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static io.sandgate.gateway.shard.pacing.PacerDriver.LIFE;
import static io.sandgate.gateway.shard.pacing.PacerDriver.TICK;
import static io.sandgate.gateway.shard.pacing.PacerDriver.WINDOW;
import static io.sandgate.gateway.shard.pacing.PacerDriver.cold;
import static io.sandgate.gateway.shard.pacing.PacerDriver.reportOf;
import static org.assertj.core.api.Assertions.assertThat;

/// Who is next.
class IdentifyQueueTest {
    private static final Duration SILENCE = Duration.ofSeconds(3);

    private final PacerDriver driver = PacerDriver.open(1);

    /// Closes the key, so that those who come now queue up.
    private void close() {
        driver.report("z", reportOf(driver.take("z", cold(99)), Kind.USED));
    }

    private List<Integer> whenOpen(String member, Waiting... waiting) {
        driver.poll(member, waiting);
        open(() -> driver.poll(member, waiting));
        return driver.grants(member).stream().map(permit -> permit.shard().number()).toList();
    }

    /// Lets the time pass until the key opens, while these poll on.
    private void open(Runnable polls) {
        for (Duration left = WINDOW; left.isPositive(); left = left.minusMillis(250)) {
            driver.pass(Duration.ofMillis(250));
            polls.run();
        }
    }

    @Test
    void queue_membersInTurn_servesInTheOrderOfComing() {
        close();
        driver.poll("a", cold(4));
        driver.poll("b", cold(2), cold(3));
        driver.poll("a", cold(1), cold(4));
        Runnable polls = () -> {
            driver.poll("b", cold(2), cold(3));
            driver.poll("a", cold(1), cold(4));
        };

        open(polls);
        assertThat(driver.grants("b")).isEmpty();
        Permit first = driver.grants("a").getFirst();
        assertThat(first.shard().number()).isEqualTo(4);
        driver.report("a", reportOf(first, Kind.USED), cold(1));
        open(() -> {
            driver.poll("b", cold(2), cold(3));
            driver.poll("a", cold(1));
        });
        assertThat(driver.grants("a")).isEmpty();
        assertThat(driver.grants("b")).extracting(permit -> permit.shard().number()).containsExactly(2);
    }

    @Test
    void waiting_newerAttempt_keepsItsPlace() {
        close();
        driver.poll("a", cold(1, 5), cold(2));

        driver.poll("a", cold(2), cold(1, 6));
        open(() -> driver.poll("a", cold(2), cold(1, 6)));

        assertThat(driver.grants("a")).extracting(Permit::attempt).containsExactly(6L);
    }

    @Test
    void waiting_olderAttempt_getsThePermitOfTheNewerOne() {
        close();
        driver.poll("a", cold(1, 5));
        open(() -> driver.poll("a", cold(1, 4)));

        assertThat(driver.grants("a")).extracting(Permit::attempt).containsExactly(5L);
    }

    @Test
    void waiting_notListedAnyMore_leavesTheQueue() {
        close();
        driver.poll("a", cold(1), cold(2));

        assertThat(whenOpen("a", cold(2))).containsExactly(2);
    }

    @Test
    void poll_ofANewerLife_forgetsTheOlderOnes() {
        close();
        driver.poll("a", cold(1));
        driver.poll("b", cold(2));

        assertThat(driver.pacer.poll("a", 2, List.of(cold(1)), List.of(), driver.now)).isTrue();
        open(() -> {
            driver.poll("b", cold(2));
            driver.pacer.poll("a", 2, List.of(cold(1)), List.of(), driver.now);
        });

        assertThat(driver.grants("a")).isEmpty();
        assertThat(driver.grants("b")).hasSize(1);
    }

    @Test
    void poll_ofAnOlderLife_isRefused() {
        driver.pacer.poll("a", 2, List.of(cold(1)), List.of(), driver.now);
        Permit permit = driver.grants("a").getFirst();

        assertThat(driver.pacer.poll("a", 1, List.of(cold(2)), List.of(reportOf(permit, Kind.UNUSED)), driver.now))
                .isFalse();
        assertThat(driver.view().keys().getFirst().waiting()).isZero();
        assertThat(driver.pacer.outstanding()).isEqualTo(1);
    }

    @Test
    void shard_atTwoMembers_goesToTheOneThatCameLast() {
        close();
        driver.poll("a", cold(1));
        driver.poll("b", cold(2));
        driver.poll("b", cold(1, 9), cold(2));
        driver.poll("a", cold(1, 50));
        open(() -> {
            driver.poll("b", cold(1, 9), cold(2));
            driver.poll("a", cold(1, 50));
        });

        assertThat(driver.grants("a")).isEmpty();
        assertThat(driver.grants("b")).containsExactly(new Permit(2, cold(1).shard(), 9));
    }

    @Test
    void shard_itsTakerLeaves_goesBackToTheOneThatStillWaits() {
        close();
        driver.poll("a", cold(1));
        driver.poll("b", cold(1));
        driver.poll("a", cold(1));
        driver.poll("b");

        assertThat(whenOpen("a", cold(1))).containsExactly(1);
    }

    @Test
    void head_memberSilent_isPassedOver() {
        driver.poll("a", cold(1));
        driver.pass(Duration.ofSeconds(1));
        driver.poll("b", cold(2));
        assertThat(driver.grants("b")).isEmpty();
        assertThat(driver.untilChange()).isEqualTo(SILENCE.minusSeconds(1));

        driver.pass(SILENCE.minusSeconds(1).minus(TICK));
        driver.poll("b", cold(2));
        assertThat(driver.grants("b")).isEmpty();
        driver.pass(TICK);
        assertThat(driver.grants("b")).hasSize(1);
    }

    @Test
    void attempt_answerLost_goesOnInFrontOnce() {
        Permit lost = driver.take("a", cold(1), cold(2));
        driver.pass(LIFE.plusMillis(500));
        driver.poll("a", cold(1), cold(2));
        assertThat(driver.grants("a")).isEmpty();
        open(() -> driver.poll("a", cold(1), cold(2)));
        Permit again = driver.grants("a").getFirst();

        assertThat(again.shard()).isEqualTo(lost.shard());
        assertThat(again.id()).isNotEqualTo(lost.id());
        driver.pass(LIFE.plusMillis(500));
        open(() -> driver.poll("a", cold(1), cold(2)));
        assertThat(driver.grants("a")).extracting(permit -> permit.shard().number()).containsExactly(2);
    }

    @Test
    void attempt_thatSentItsIdentify_doesNotWaitAnyMore() {
        Permit permit = driver.take("a", cold(1));
        driver.report("a", reportOf(permit, Kind.USED));

        driver.poll("a", cold(1));
        assertThat(driver.view().keys().getFirst().waiting()).isZero();
        driver.poll("a", cold(1, 2));
        assertThat(driver.view().keys().getFirst().waiting()).isEqualTo(1);
    }

    @Test
    void attempt_permitLetGo_waitsAtTheEnd() {
        Permit permit = driver.take("a", cold(1), cold(2));

        driver.report("a", reportOf(permit, Kind.UNUSED), cold(1), cold(2));

        assertThat(driver.grants("a")).extracting(given -> given.shard().number()).containsExactly(2);
    }

    @Test
    void keys_otherCount_keepTheOrder() {
        close();
        driver.poll("a", cold(4), cold(3), cold(2), cold(1), cold(5));
        driver.limit(1000, 2);
        driver.limit(1000, 1);
        List<Integer> order = new ArrayList<>();
        List<Waiting> waiting = new ArrayList<>(List.of(cold(4), cold(3), cold(2), cold(1), cold(5)));
        while (!waiting.isEmpty()) {
            Waiting[] all = waiting.toArray(Waiting[]::new);
            open(() -> driver.poll("a", all));
            Permit next = driver.grants("a").getFirst();
            waiting.removeIf(one -> one.shard().equals(next.shard()));
            driver.report("a", reportOf(next, Kind.USED), waiting.toArray(Waiting[]::new));
            order.add(next.shard().number());
        }

        assertThat(order).containsExactly(4, 3, 2, 1, 5);
    }

    @Test
    void keys_otherCount_areClosedAsLongAsThoseTheyCanShareAShardWith() {
        driver.limit(1000, 6);
        driver.report("a", reportOf(driver.take("a", cold(3)), Kind.USED));
        driver.pass(Duration.ofSeconds(1));
        driver.take("a", cold(4));

        driver.limit(1000, 4);

        // 3 of 6 is odd, 4 of 6 is even and out until its deadline: so are the keys that have a divisor in common
        Duration odd = WINDOW.minusSeconds(1);
        Duration even = LIFE.plus(WINDOW);
        assertThat(driver.view().keys()).extracting(PacingView.Key::opensIn).containsExactly(even, odd, even, odd);
        driver.limit(1000, 3);
        assertThat(driver.view().keys()).extracting(PacingView.Key::opensIn).containsOnly(even);
    }

    @Test
    void poll_moreThanThereIsRoomFor_takesTheFirstOnes() {
        Waiting[] many = IntStream.range(0, 20_000)
                .mapToObj(shard -> new Waiting(
                        new ShardId(shard, 20_000), 1, true))
                .toArray(Waiting[]::new);

        driver.poll("a", many);

        assertThat(driver.view().keys().getFirst().waiting()).isEqualTo(16_384);
    }

    @Test
    void poll_moreMembersThanThereIsRoomFor_isRefused() {
        for (int member = 0; member < 1024; member++) {
            assertThat(driver.poll("m" + member)).isTrue();
        }

        assertThat(driver.poll("one too many")).isFalse();
        assertThat(driver.poll("m7")).isTrue();
        driver.pass(SILENCE);
        assertThat(driver.poll("one too many")).isTrue();
    }
}
