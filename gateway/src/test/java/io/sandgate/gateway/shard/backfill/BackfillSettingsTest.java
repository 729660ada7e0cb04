package io.sandgate.gateway.shard.backfill;

import java.time.Duration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class BackfillSettingsTest {

    @Test
    void defaults_areTheUpstreamsTimesAndACarefulRate() {
        assertThat(BackfillSettings.DEFAULT).isEqualTo(new BackfillSettings(4, Duration.ofSeconds(1),
                Duration.ofSeconds(120), 0, Duration.ofSeconds(30), Duration.ofSeconds(30), 12, 5_000, 64, 100_000));
    }

    @Test
    void concurrency_zero_isRefused() {
        assertThatThrownBy(() -> BackfillRig.settings(0, 0, 12))
                .hasMessage("sandgate.shards.backfill.concurrency: 0 (expected: 1-1024)");
    }

    @Test
    void divergence_notANumberOrAboveOne_isRefused() {
        assertThatThrownBy(() -> BackfillRig.settings(4, 1.5, 12))
                .hasMessage("sandgate.shards.backfill.divergence: 1.5 (expected: 0-1)");
        assertThatThrownBy(() -> BackfillRig.settings(4, Double.NaN, 12)).hasMessageContaining("divergence: NaN");
    }

    @Test
    void sweepPerSecond_negative_isRefused() {
        assertThatThrownBy(() -> BackfillRig.settings(4, 0, -1))
                .hasMessage("sandgate.shards.backfill.sweep-per-second: -1.0 (expected: 0-1000)");
    }

    @Test
    void max_belowMin_isRefused() {
        assertThatThrownBy(() -> new BackfillSettings(4, Duration.ofSeconds(9), Duration.ofSeconds(8), 0,
                Duration.ofSeconds(30), Duration.ofSeconds(30), 12, 10, 10, 1_000))
                .hasMessage(
                        "sandgate.shards.backfill.max: PT8S (expected: at least sandgate.shards.backfill.min, PT9S)");
    }
}
