package io.sandgate.e2e.upstream;

import java.time.Duration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// The counts by which a fake upstream judges, on a clock of the test's.
class FakeUpstreamCountsTest {
    /// Right before the clock starts again at the lowest number; not a constant, whose overflow the compiler would not take.
    private static final long NOW = Long.parseLong("9223372036854775804");

    @Test
    void pace_gapOfExactlyTheWindow_isKept() {
        IdentifyPace pace = new IdentifyPace();

        assertThat(pace.admits(1, NOW, NOW, 5)).isTrue();
        assertThat(pace.admits(1, NOW + 5, NOW + 5, 5)).isTrue();
        assertThat(pace.admits(1, NOW + 9, NOW + 9, 5)).isFalse();
    }

    @Test
    void pace_refusedIdentify_countsForTheNext() {
        IdentifyPace pace = new IdentifyPace();
        pace.admits(1, NOW, NOW, 5);
        pace.admits(1, NOW + 4, NOW + 4, 5);

        assertThat(pace.admits(1, NOW + 6, NOW + 6, 5)).isFalse();
        assertThat(pace.admits(2, NOW + 6, NOW + 6, 5)).isTrue();
    }

    @Test
    void pace_identifyThatWasReadLate_isJudgedByTheEarliestTime() {
        IdentifyPace pace = new IdentifyPace();
        pace.admits(1, NOW - 3, NOW, 5);
        pace.admits(2, NOW - 2, NOW, 5);

        assertThat(pace.admits(1, NOW + 1, NOW + 2, 5)).isTrue();
        assertThat(pace.admits(2, NOW + 1, NOW + 2, 5)).isFalse();
    }

    @Test
    void sendBudget_windowSlides() {
        SendBudget budget = new SendBudget();

        assertThat(budget.take(NOW, 2, 10)).isTrue();
        assertThat(budget.take(NOW + 8, 2, 10)).isTrue();
        assertThat(budget.take(NOW + 9, 2, 10)).isFalse();
        assertThat(budget.take(NOW + 10, 2, 10)).isTrue();
        assertThat(budget.take(NOW + 17, 2, 10)).isFalse();
    }

    @Test
    void starts_afterThePeriod_areAllThereAgain() {
        UpstreamRules rules = UpstreamRules.DISCORD.with(draft -> {
            draft.startTotal = 3;
            draft.startRemaining = 1;
            draft.startResetAfter = Duration.ofMillis(10);
        });
        long period = rules.startResetAfter().toNanos();
        StartLimit starts = new StartLimit(rules, NOW);

        assertThat(starts.take(NOW)).isTrue();
        assertThat(starts.take(NOW + period - 1)).isFalse();
        assertThat(starts.resetAfter(NOW + period - 1)).isEqualTo(Duration.ofNanos(1));
        assertThat(starts.remaining(NOW + period)).isEqualTo(3);
        assertThat(starts.resetAfter(NOW + 5 * period + 1)).isEqualTo(Duration.ofNanos(period - 1));
    }

    @Test
    void rules_scaled_changeAllTimesAndNothingElse() {
        UpstreamRules scaled = UpstreamRules.DISCORD.scaled(0.01);

        assertThat(scaled.window()).isEqualTo(Duration.ofMillis(50));
        assertThat(scaled.heartbeatInterval()).isEqualTo(Duration.ofNanos(412_500_000));
        assertThat(scaled.sendWindow()).isEqualTo(Duration.ofMillis(600));
        assertThat(scaled.scaled(100)).isEqualTo(UpstreamRules.DISCORD);
    }

    @Test
    void rules_impossibleValue_saysWhatWasExpected() {
        assertThatThrownBy(() -> UpstreamRules.DISCORD.with(draft -> draft.maxConcurrency = 0))
                .hasMessage("max-concurrency: 0 (expected: at least 1)");
    }
}
