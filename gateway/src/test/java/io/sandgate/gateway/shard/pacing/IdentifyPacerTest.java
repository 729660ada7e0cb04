package io.sandgate.gateway.shard.pacing;

import io.sandgate.gateway.shard.pacing.PermitReport.Kind;
import io.sandgate.gateway.shard.protocol.ShardId;
import java.time.Duration;
import org.junit.jupiter.api.Test;

import static io.sandgate.gateway.shard.pacing.PacerDriver.LIFE;
import static io.sandgate.gateway.shard.pacing.PacerDriver.TICK;
import static io.sandgate.gateway.shard.pacing.PacerDriver.WINDOW;
import static io.sandgate.gateway.shard.pacing.PacerDriver.cold;
import static io.sandgate.gateway.shard.pacing.PacerDriver.reportOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// When a key opens.
class IdentifyPacerTest {

    @Test
    void newLeader_permitsOfTheOneBefore_opensWhenTheirWindowsAreOver() {
        PacerDriver driver = new PacerDriver(PacingSettings.DEFAULTS);
        driver.limit(1000, 2);

        assertThat(driver.ask("a", cold(0), cold(1))).isEmpty();
        assertThat(driver.untilChange()).isEqualTo(LIFE.plus(WINDOW));
        driver.pass(LIFE.plus(WINDOW).minus(TICK));
        assertThat(driver.ask("a", cold(0), cold(1))).isEmpty();
        driver.pass(TICK);
        assertThat(driver.ask("a", cold(0), cold(1))).containsExactly(0, 1);
    }

    @Test
    void pacer_withoutLimits_givesNothing() {
        PacerDriver driver = new PacerDriver(PacingSettings.DEFAULTS);
        driver.pass(Duration.ofSeconds(10));

        assertThat(driver.ask("a", cold(0))).isEmpty();
        assertThat(driver.pacer.readingWanted(driver.now)).isTrue();
        assertThat(driver.pacer.nextChange(driver.now)).isEmpty();
        assertThat(driver.view().budget()).isEmpty();
    }

    @Test
    void limit_tooManyKeys_isRefused() {
        PacerDriver driver = PacerDriver.open(2);

        assertThatThrownBy(() -> driver.limit(1000, 70_000)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("max_concurrency: 70000 (expected: 1-65536)");
        assertThat(driver.view().keys()).hasSize(2);
    }

    @Test
    void key_permitUsed_opensAWindowAfterTheReport() {
        PacerDriver driver = PacerDriver.open(1);
        Permit permit = driver.take("a", cold(0), cold(1));

        driver.pass(Duration.ofMillis(40));
        driver.report("a", reportOf(permit, Kind.USED), cold(1));
        driver.pass(WINDOW.minus(TICK));
        assertThat(driver.ask("a", cold(1))).isEmpty();
        assertThat(driver.untilChange()).isEqualTo(TICK);
        driver.pass(TICK);
        assertThat(driver.ask("a", cold(1))).containsExactly(1);
    }

    @Test
    void key_permitUnused_opensAtOnce() {
        PacerDriver driver = PacerDriver.open(1);
        Permit permit = driver.take("a", cold(0), cold(1));

        driver.report("a", reportOf(permit, Kind.UNUSED), cold(1));

        assertThat(driver.grants("a")).hasSize(1);
        assertThat(driver.heard).contains("unused 0/1024");
    }

    @Test
    void key_permitOut_givesNoOther() {
        PacerDriver driver = PacerDriver.open(1);
        driver.take("a", cold(0), cold(1));

        assertThat(driver.ask("a", cold(1))).isEmpty();
        assertThat(driver.ask("b", cold(2))).isEmpty();
        assertThat(driver.pacer.outstanding()).isEqualTo(1);
    }

    @Test
    void key_permitNotHeardOf_opensAWindowAfterItsDeadline() {
        PacerDriver driver = PacerDriver.open(1);
        driver.poll("a", cold(0), cold(1));
        long arrivedAt = driver.now;
        driver.pass(Duration.ofMillis(400));
        assertThat(driver.pacer.grants("a", driver.now, arrivedAt)).hasSize(1);

        driver.pass(LIFE.plus(WINDOW).minusMillis(400).minus(TICK));
        assertThat(driver.ask("a", cold(1))).isEmpty();
        assertThat(driver.heard).contains("expired 0/1024");
        assertThat(driver.pacer.outstanding()).isZero();
        driver.pass(TICK);
        assertThat(driver.ask("a", cold(1))).containsExactly(1);
    }

    @Test
    void usedReport_afterTheDeadline_closesTheKeyFromItsArrival() {
        PacerDriver driver = PacerDriver.open(1);
        Permit permit = driver.take("a", cold(0), cold(1));
        driver.pass(LIFE.plusSeconds(2));
        driver.report("a", reportOf(permit, Kind.USED), cold(1));

        assertThat(driver.untilChange()).isEqualTo(WINDOW);
    }

    @Test
    void usedReport_afterTheNextPermit_shortensNothing() {
        PacerDriver driver = PacerDriver.open(1);
        Permit first = driver.take("a", cold(0), cold(1), cold(2));
        driver.pass(LIFE.plus(WINDOW));
        driver.take("a", cold(1), cold(2));

        driver.report("a", reportOf(first, Kind.USED), cold(2));

        assertThat(driver.untilChange()).isEqualTo(LIFE.plus(WINDOW));
        assertThat(driver.gaps).isEmpty();
    }

    @Test
    void unusedReport_afterTheDeadline_opensTheKeyAtOnce() {
        PacerDriver driver = PacerDriver.open(1);
        Permit permit = driver.take("a", cold(0), cold(1));
        driver.pass(LIFE.plusSeconds(2));

        driver.report("a", reportOf(permit, Kind.UNUSED), cold(1));

        assertThat(driver.grants("a")).hasSize(1);
    }

    @Test
    void report_saidTwice_countsOnce() {
        PacerDriver driver = PacerDriver.open(1);
        Permit permit = driver.take("a", cold(0), cold(1));
        driver.report("a", reportOf(permit, Kind.REJECTED), cold(1));
        Duration open = driver.untilChange();

        driver.pass(Duration.ofSeconds(1));
        driver.report("a", reportOf(permit, Kind.REJECTED), cold(1));
        driver.report("a", reportOf(permit, Kind.UNUSED), cold(1));
        driver.report("a", reportOf(permit, Kind.USED), cold(1));

        assertThat(driver.untilChange()).isEqualTo(open.minusSeconds(1));
        assertThat(driver.heard).filteredOn(event -> event.startsWith("rejected")).hasSize(1);
        assertThat(driver.heard).noneMatch(event -> event.startsWith("unused"));
    }

    @Test
    void foreignReport_used_closesItsKeyOnce() {
        PacerDriver driver = PacerDriver.open(2);
        PermitReport foreign = new PermitReport(-7, new ShardId(3, 1024), Kind.USED);

        driver.report("a", foreign, cold(0), cold(1));
        assertThat(driver.grants("a")).extracting(Permit::shard).containsExactly(new ShardId(0, 1024));
        driver.pass(Duration.ofSeconds(2));
        driver.report("a", foreign, cold(1));
        assertThat(driver.untilChange()).isEqualTo(WINDOW.minusSeconds(2));
    }

    @Test
    void foreignReport_ofAnotherShardsPermit_isNotTakenForIt() {
        PacerDriver driver = PacerDriver.open(2);
        Permit permit = driver.take("a", cold(0));

        driver.report("a", new PermitReport(permit.id(), new ShardId(2, 1024), Kind.UNUSED), cold(4));

        assertThat(driver.grants("a")).isEmpty();
    }

    @Test
    void foreignReport_rejected_closesTheKeyAndRaisesTheMargin() {
        PacerDriver driver = PacerDriver.open(1);
        driver.report("a", new PermitReport(-7, new ShardId(3, 1024), Kind.REJECTED), cold(0));
        driver.report("a", new PermitReport(-7, new ShardId(3, 1024), Kind.REJECTED), cold(0));

        assertThat(driver.untilChange()).isEqualTo(Duration.ofMillis(5500));
        assertThat(driver.heard).containsExactly("rejected 3/1024 margin PT0.5S");
    }

    @Test
    void foreignReport_unused_changesNothing() {
        PacerDriver driver = PacerDriver.open(1);
        driver.report("a", new PermitReport(-7, new ShardId(3, 1024), Kind.UNUSED), cold(0));

        assertThat(driver.grants("a")).hasSize(1);
    }

    @Test
    void rejection_afterUse_raisesTheMarginOfAllKeys() {
        PacerDriver driver = PacerDriver.open(2);
        driver.poll("a", cold(0), cold(1), cold(2), cold(3));
        for (Permit permit : driver.grants("a")) {
            driver.report("a", reportOf(permit, Kind.USED), cold(2), cold(3));
        }
        driver.report("a", new PermitReport(1, new ShardId(0, 1024), Kind.REJECTED), cold(2), cold(3));

        driver.pass(WINDOW);
        assertThat(driver.ask("a", cold(2), cold(3))).isEmpty();
        driver.pass(Duration.ofMillis(250));
        assertThat(driver.ask("a", cold(2), cold(3))).containsExactly(2, 3);
    }

    @Test
    void margin_rejections_isBoundedAndFallsByAStepAMinute() {
        PacerDriver driver = PacerDriver.open(16);
        for (int shard = 0; shard < 8; shard++) {
            driver.report("a", new PermitReport(-1 - shard, new ShardId(shard, 1024), Kind.REJECTED));
        }
        assertThat(driver.view().margin()).isEqualTo(Duration.ofMillis(1500));

        driver.pass(Duration.ofMinutes(1));
        assertThat(driver.view().margin()).isEqualTo(Duration.ofMillis(1250));
        driver.pass(Duration.ofMinutes(3));
        assertThat(driver.view().margin()).isEqualTo(Duration.ofMillis(500));
        driver.pass(Duration.ofMinutes(9));
        assertThat(driver.view().margin()).isEqualTo(Duration.ofMillis(250));
    }

    @Test
    void grants_pollThatIsTooOld_givesNothing() {
        PacerDriver driver = PacerDriver.open(1);
        driver.poll("a", cold(0));
        long arrivedAt = driver.now;
        driver.pass(Duration.ofMillis(750).plus(TICK));

        assertThat(driver.pacer.grants("a", driver.now, arrivedAt)).isEmpty();
        assertThat(driver.pacer.grants("a", driver.now, arrivedAt + 1)).hasSize(1);
    }

    @Test
    void listener_permits_hearsWaitAndGap() {
        PacerDriver driver = PacerDriver.open(2);
        Permit first = driver.take("a", cold(1), cold(3));
        driver.report("a", reportOf(first, Kind.USED), cold(3));
        driver.pass(Duration.ofSeconds(2));
        driver.poll("a", cold(3));
        driver.pass(Duration.ofSeconds(2));
        driver.poll("a", cold(3));
        driver.pass(Duration.ofMillis(1500));
        Permit second = driver.take("a", cold(3));
        driver.pass(Duration.ofMillis(100));
        driver.report("a", reportOf(second, Kind.USED));

        assertThat(driver.heard).containsExactly("granted 1/1024 key 1 after PT0S",
                "granted 3/1024 key 1 after PT5.5S");
        assertThat(driver.gaps).containsExactly(Duration.ofMillis(5600));
    }
}
