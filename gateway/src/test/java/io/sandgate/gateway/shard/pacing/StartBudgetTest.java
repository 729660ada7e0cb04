package io.sandgate.gateway.shard.pacing;

import io.sandgate.gateway.shard.pacing.PermitReport.Kind;
import io.sandgate.gateway.shard.protocol.SessionStartLimit;
import io.sandgate.gateway.shard.protocol.ShardId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

import static io.sandgate.gateway.shard.pacing.PacerDriver.LIFE;
import static io.sandgate.gateway.shard.pacing.PacerDriver.WINDOW;
import static io.sandgate.gateway.shard.pacing.PacerDriver.cold;
import static io.sandgate.gateway.shard.pacing.PacerDriver.reportOf;
import static io.sandgate.gateway.shard.pacing.PacerDriver.warm;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// How many may go.
class StartBudgetTest {
    private static final PacingSettings SETTINGS = PacingSettings.DEFAULTS;

    /// One whose first reading is surely without doubt.
    private static PacerDriver settled(int remaining, int keys) {
        PacerDriver driver = new PacerDriver(SETTINGS);
        driver.pass(Duration.ofSeconds(7));
        driver.limit(remaining, keys);
        return driver;
    }

    private static int remaining(PacerDriver driver) {
        return driver.view().budget().orElseThrow().remaining();
    }

    @Test
    void budget_fewerThanWait_givesNoMore() {
        PacerDriver driver = settled(3, 16);

        assertThat(driver.ask("a", cold(0), cold(1), cold(2), cold(3), cold(4))).containsExactly(0, 1, 2);
        assertThat(remaining(driver)).isZero();
        driver.pass(Duration.ofHours(1));
        assertThat(driver.ask("a", cold(3), cold(4))).isEmpty();
        assertThat(driver.pacer.nextChange(driver.now)).isEmpty();
    }

    @Test
    void budget_permitUnused_isGivenBack() {
        PacerDriver driver = settled(1, 2);
        Permit permit = driver.take("a", cold(0), cold(1));

        driver.report("a", reportOf(permit, Kind.UNUSED), cold(1));

        assertThat(remaining(driver)).isEqualTo(1);
        assertThat(driver.grants("a")).hasSize(1);
    }

    @Test
    void reading_rightAfterPermits_isWithoutThem() {
        PacerDriver driver = settled(10, 4);
        driver.poll("a", cold(0), cold(1), cold(2));
        List<Permit> permits = driver.grants("a");
        driver.report("a", reportOf(permits.getFirst(), Kind.USED));
        driver.limit(10, 4);

        // all three may be on their way still
        assertThat(remaining(driver)).isEqualTo(7);
        driver.report("a", reportOf(permits.get(1), Kind.UNUSED));
        assertThat(remaining(driver)).isEqualTo(8);
        driver.pass(Duration.ofSeconds(5).plusNanos(1));
        driver.limit(9, 4);
        // the used one is counted now, and the other's deadline is not long enough ago
        assertThat(remaining(driver)).isEqualTo(8);
        driver.pass(LIFE);
        driver.limit(9, 4);
        assertThat(remaining(driver)).isEqualTo(9);
    }

    @Test
    void reading_askedForBeforeAPermit_isWithoutIt() {
        PacerDriver driver = settled(10, 4);
        driver.pass(Duration.ofMinutes(1));
        long requestedAt = driver.now;
        driver.pass(Duration.ofSeconds(20));
        driver.report("a", reportOf(driver.take("a", cold(0)), Kind.USED));
        driver.pass(Duration.ofSeconds(20));

        driver.pacer.limit(new SessionStartLimit(1000, 10, Duration.ofHours(1), 4), requestedAt, driver.now);

        assertThat(remaining(driver)).isEqualTo(9);
    }

    @Test
    void reading_askedForBeforeTheKnownOne_isIgnored() {
        PacerDriver driver = settled(10, 4);

        driver.pacer.limit(new SessionStartLimit(1000, 500, Duration.ofHours(1), 8), driver.now - 1, driver.now);

        assertThat(remaining(driver)).isEqualTo(10);
        assertThat(driver.view().keys()).hasSize(4);
    }

    @Test
    void reading_ofANewLeader_isWithoutOneForEachKey() {
        PacerDriver driver = new PacerDriver(SETTINGS);
        driver.limit(100, 16);
        assertThat(remaining(driver)).isEqualTo(84);

        driver.pass(LIFE.plusSeconds(5).plusNanos(1));
        driver.limit(100, 16);
        assertThat(remaining(driver)).isEqualTo(100);
    }

    @Test
    void foreignPermit_used_isCounted() {
        PacerDriver driver = settled(10, 4);
        PermitReport foreign = new PermitReport(-1, new ShardId(0, 1024), Kind.USED);

        driver.report("a", foreign);
        driver.report("a", foreign);

        assertThat(remaining(driver)).isEqualTo(9);
    }

    @Test
    void reserve_shardInTheBackground_doesNotTouchIt() {
        // of 1000, 100 are kept: more than a sixteenth of 1024
        PacerDriver driver = settled(101, 4);

        // the second one keeps its place and does not stand in the way
        assertThat(driver.ask("a", warm(0), warm(1), cold(5))).containsExactly(0, 5);
        assertThat(driver.view().budget().orElseThrow().reserve()).isEqualTo(100);
        driver.pass(LIFE.plus(WINDOW));
        assertThat(driver.ask("a", warm(1))).isEmpty();
        assertThat(driver.ask("a", cold(1))).containsExactly(1);
    }

    @Test
    void reserve_manyShards_isASixteenthOfThem() {
        PacerDriver driver = settled(200, 4);
        Waiting one = new Waiting(new ShardId(0, 3200), 1, false);

        assertThat(driver.ask("a", one)).isEmpty();
        assertThat(driver.view().budget().orElseThrow().reserve()).isEqualTo(200);
        driver.limit(201, 4);
        assertThat(driver.ask("a", one)).containsExactly(0);
    }

    @Test
    void period_over_wantsAReadingAndGoesOnWithWhatWasLeft() {
        PacerDriver driver = settled(1, 1);
        driver.pass(Duration.ofHours(20).minusNanos(1));
        assertThat(driver.pacer.readingWanted(driver.now)).isFalse();
        driver.pass(Duration.ofNanos(1));
        assertThat(driver.pacer.readingWanted(driver.now)).isTrue();

        assertThat(driver.ask("a", cold(0), cold(1))).containsExactly(0);
        driver.pass(LIFE.plus(WINDOW));
        assertThat(driver.ask("a", cold(1))).isEmpty();
        driver.limit(1000, 1);
        assertThat(driver.pacer.readingWanted(driver.now)).isFalse();
        assertThat(driver.ask("a", cold(1))).containsExactly(1);
    }

    @Test
    void period_notBegun_lastsADay() {
        PacerDriver driver = settled(1, 1);
        driver.pacer.limit(new SessionStartLimit(1000, 1000, Duration.ZERO, 1), driver.now, driver.now);

        assertThat(driver.pacer.readingWanted(driver.now)).isFalse();
        assertThat(driver.view().budget().orElseThrow().resetIn()).isEqualTo(Duration.ofHours(24));
    }

    @Test
    void reading_holdsSomebodyBack_isWantedAnewAfterAMinute() {
        PacerDriver driver = settled(0, 1);
        driver.pass(Duration.ofMinutes(1));
        assertThat(driver.pacer.readingWanted(driver.now)).isFalse();

        driver.poll("a", cold(0));
        assertThat(driver.pacer.readingWanted(driver.now)).isTrue();
        driver.limit(0, 1);
        assertThat(driver.pacer.readingWanted(driver.now)).isFalse();
    }

    @Test
    void shard_identifiedTooOften_waitsUntilADayHasPassed() {
        PacerDriver driver = PacerDriver.open(new PacingSettings(SETTINGS.window(), SETTINGS.margin(),
                SETTINGS.maxMargin(), SETTINGS.permitLife(), 0, SETTINGS.waitLife(), 2), 1000, 1);
        driver.report("a", reportOf(driver.take("a", cold(0, 1)), Kind.USED));
        driver.pass(Duration.ofHours(1));
        driver.report("a", reportOf(driver.take("a", cold(0, 2)), Kind.UNUSED));
        driver.report("a", reportOf(driver.take("a", cold(0, 3)), Kind.USED));
        driver.pass(Duration.ofHours(1));

        assertThat(driver.ask("a", cold(0, 4))).isEmpty();
        assertThat(driver.view().capped()).containsExactly(new ShardId(0, 1024));
        assertThat(driver.untilChange()).isEqualTo(Duration.ofHours(22));
        assertThat(driver.ask("a", cold(0, 4), cold(1))).containsExactly(1);
        driver.pass(Duration.ofHours(22));
        assertThat(driver.ask("a", cold(0, 4))).containsExactly(0);
    }

    @Test
    void settings_outOfRange_areRefusedWithTheValue() {
        assertThatThrownBy(() -> new PacingSettings(Duration.ZERO, Duration.ZERO, Duration.ZERO,
                Duration.ofSeconds(1), 0, Duration.ofSeconds(3), 1))
                .hasMessage("window: PT0S (expected: more than zero)");
        assertThatThrownBy(() -> new PacingSettings(Duration.ofSeconds(5), Duration.ofSeconds(2),
                Duration.ofSeconds(1), Duration.ofSeconds(1), 0, Duration.ofSeconds(3), 1))
                .hasMessage("margin: PT2S (expected: zero to PT1S)");
        assertThatThrownBy(() -> new PacingSettings(Duration.ofSeconds(5), Duration.ZERO, Duration.ZERO,
                Duration.ofSeconds(1), 1.5, Duration.ofSeconds(3), 1))
                .hasMessage("reserve: 1.5 (expected: 0 to 1)");
        assertThatThrownBy(() -> new PacingSettings(Duration.ofSeconds(5), Duration.ZERO, Duration.ZERO,
                Duration.ofSeconds(1), 0, Duration.ofSeconds(3), 0))
                .hasMessage("identifies per shard: 0 (expected: 1 or more)");
    }

    @Test
    void defaults_areTheOnesWritten() {
        assertThat(SETTINGS).isEqualTo(new PacingSettings(Duration.ofSeconds(5), Duration.ofMillis(250),
                Duration.ofMillis(1500), Duration.ofSeconds(1), 0.1, Duration.ofSeconds(3), 50));
    }
}
