package io.sandgate.gateway.shard.backfill;

import java.time.Duration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class GuildPaceTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long NOW = Long.MAX_VALUE - Duration.ofSeconds(10).toNanos();
    private static final long MARGIN = GuildPace.MARGIN.toNanos();

    private final GuildPace pace = new GuildPace(Duration.ofSeconds(30), 100, NOW);

    @Test
    void earliest_unknownGuild_isNow() {
        assertThat(pace.earliest(5, NOW)).isEqualTo(NOW);
    }

    @Test
    void earliest_askedGuild_isTheUpstreamsTimeAndAMarginLater() {
        pace.asked(5, NOW);
        assertThat(pace.earliest(5, NOW + SECOND)).isEqualTo(NOW + 30 * SECOND + MARGIN);
        assertThat(pace.earliest(6, NOW + SECOND)).isEqualTo(NOW + SECOND);
        assertThat(pace.earliest(5, NOW + 31 * SECOND)).isEqualTo(NOW + 31 * SECOND);
    }

    @Test
    void refused_movesFurther() {
        pace.asked(5, NOW);
        pace.refused(5, NOW + 10 * SECOND, Duration.ofSeconds(60));
        assertThat(pace.earliest(5, NOW + 11 * SECOND)).isEqualTo(NOW + 70 * SECOND + MARGIN);
    }

    @Test
    void refused_shorterThanWhatIsKnown_doesNotMoveNearer() {
        pace.asked(5, NOW);
        pace.refused(5, NOW, Duration.ofSeconds(2));
        assertThat(pace.earliest(5, NOW)).isEqualTo(NOW + 30 * SECOND + MARGIN);
    }

    @Test
    void refused_forAnAbsurdTime_isBounded() {
        pace.refused(5, NOW, Duration.ofDays(1_000_000));
        assertThat(pace.earliest(5, NOW)).isEqualTo(NOW + 600 * SECOND + MARGIN);
    }

    @Test
    void asked_moreGuildsThanAreRemembered_letsNoFurtherOneThroughUntilOneIsForgotten() {
        for (int guild = 1; guild <= 100; guild++) {
            pace.asked(guild, NOW);
        }
        assertThat(pace.earliest(101, NOW)).isGreaterThan(NOW);
        assertThat(pace.earliest(100, NOW)).isEqualTo(NOW + 30 * SECOND + MARGIN);
        assertThat(pace.earliest(101, NOW + 31 * SECOND)).isEqualTo(NOW + 31 * SECOND);
    }
}
