package io.sandgate.gateway.shard.protocol;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class SendBudgetTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long WINDOW = 60 * SECOND;

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - 5, Long.MIN_VALUE, -7})
    void trySend_untilRefused_leavesWhatHeartbeatsNeed(long now) {
        SendBudget budget = budget(115);
        budget.heartbeatEvery(Duration.ofMillis(41_250));

        int sent = 0;
        while (budget.trySend(now + sent)) {
            sent++;
        }

        assertThat(sent).isEqualTo(115 - 3);
        int beats = 0;
        while (budget.tryHeartbeat(now + sent)) {
            beats++;
        }
        assertThat(sent + beats).isEqualTo(120);
        assertThat(budget.used(now + sent)).isEqualTo(120);
    }

    @Test
    void trySend_beforeTheIntervalIsKnown_leavesTwo() {
        SendBudget budget = budget(10);
        for (int i = 0; i < 8; i++) {
            assertThat(budget.trySend(5)).isTrue();
        }
        assertThat(budget.trySend(5)).isFalse();
    }

    @Test
    void trySend_whenTheOldestIsAWindowOld_fitsExactlyThen() {
        SendBudget budget = budget(5);
        for (int second = 1; second <= 3; second++) {
            assertThat(budget.trySend(second * SECOND)).isTrue();
        }

        assertThat(budget.nextSend(10 * SECOND)).isEqualTo(51 * SECOND);
        assertThat(budget.trySend(61 * SECOND - 1)).isFalse();
        assertThat(budget.nextSend(61 * SECOND - 1)).isEqualTo(1);
        assertThat(budget.nextSend(61 * SECOND)).isZero();
        assertThat(budget.trySend(61 * SECOND)).isTrue();
        assertThat(budget.nextSend(61 * SECOND)).isEqualTo(SECOND);
    }

    @Test
    void nextSend_afterMoreHeartbeatsThanReserved_countsThemToo() {
        SendBudget budget = budget(5);
        for (int second = 1; second <= 6; second++) {
            assertThat(budget.tryHeartbeat(second * SECOND)).isTrue();
        }
        assertThat(budget.nextSend(6 * SECOND)).isEqualTo(58 * SECOND);
        assertThat(budget.trySend(64 * SECOND - 1)).isFalse();
        assertThat(budget.trySend(64 * SECOND)).isTrue();
    }

    @Test
    void heartbeatEvery_veryShort_leavesOneSend() {
        SendBudget budget = budget(115);
        budget.heartbeatEvery(Duration.ofMillis(1));
        assertThat(budget.trySend(0)).isTrue();
        assertThat(budget.trySend(0)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void sends_anyMix_neverExceedTheBoundInAnyWindow(long seed) {
        Random random = new Random(seed);
        SendBudget budget = budget(20 + random.nextInt(101));
        budget.heartbeatEvery(Duration.ofMillis(1000 + random.nextInt(60_000)));
        Deque<Long> sent = new ArrayDeque<>();
        long now = Long.MAX_VALUE - 100 * SECOND;
        for (int i = 0; i < 20_000; i++) {
            now += (long) (random.nextDouble() * (random.nextInt(50) == 0 ? 20 * SECOND : SECOND / 4));
            while (!sent.isEmpty() && now - sent.element() >= WINDOW) {
                sent.remove();
            }
            long wait = budget.nextSend(now);
            boolean heartbeat = random.nextInt(3) == 0;
            boolean took = heartbeat ? budget.tryHeartbeat(now) : budget.trySend(now);
            if (heartbeat) {
                assertThat(took).isEqualTo(sent.size() < 120);
            } else {
                assertThat(took).isEqualTo(wait == 0);
            }
            if (took) {
                sent.add(now);
            }
            assertThat(budget.used(now)).isEqualTo(sent.size()).isLessThanOrEqualTo(120);
        }
    }

    @Test
    void settings_outOfBounds_areRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> budget(121))
                .withMessage("send limit: 121 (expected: 3-120)");
        assertThatIllegalArgumentException().isThrownBy(() -> budget(2));
        assertThatIllegalArgumentException().isThrownBy(() -> new SendBudget(115, Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> budget(115).heartbeatEvery(Duration.ZERO));
    }

    private static SendBudget budget(int limit) {
        return new SendBudget(limit, Duration.ofNanos(WINDOW));
    }
}
