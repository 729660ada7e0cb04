package io.sandgate.sandbox;

import io.sandgate.sandbox.Deadlines.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// What falls due, when, and with how many alarms.
class DeadlinesTest {

    private final ManualTime time = new ManualTime();
    private final List<Deadline> due = new ArrayList<>();
    private final Deadlines deadlines = new Deadlines(time, time, due::add);

    @Test
    void deadlines_fallDueInOrderAndAtTheirTime() {
        set("b", 2000);
        set("a", 1500);
        set("c", 90_000);

        time.advance(Duration.ofMillis(1499));
        assertThat(due).isEmpty();
        time.advance(Duration.ofMillis(1));
        assertThat(due).containsExactly(new Deadline(at(1500), "a", "ua"));
        time.advance(Duration.ofSeconds(100));
        assertThat(due).extracting(Deadline::id).containsExactly("a", "b", "c");
        assertThat(time.waiting()).isZero();
    }

    @Test
    void deadlines_anyNumberOfThem_haveOneAlarm() {
        for (int i = 0; i < 1000; i++) {
            set("i" + i, 5000 - i);
        }

        assertThat(time.waiting()).isEqualTo(1);
    }

    @Test
    void alarm_ringsBeforeTheDeadline_nothingFallsDue() {
        set("a", 1001);

        time.advance(Duration.ofSeconds(1));
        assertThat(due).isEmpty();
        time.advance(Duration.ofMillis(1));
        assertThat(due).hasSize(1);
    }

    @Test
    void set_again_replaces() {
        set("a", 1000);
        set("a", 3000);

        time.advance(Duration.ofMillis(2999));
        assertThat(due).isEmpty();
        time.advance(Duration.ofMillis(1));
        assertThat(due).hasSize(1);
    }

    @Test
    void set_inThePast_fallsDueAtOnce() {
        set("a", -5000);

        time.advance(Duration.ZERO);

        assertThat(due).hasSize(1);
    }

    @Test
    void clear_takesItAway() {
        set("a", 1000);
        deadlines.clear("a");

        time.advance(Duration.ofSeconds(2));

        assertThat(due).isEmpty();
    }

    @Test
    void close_nothingFallsDueAnyMore() {
        set("a", 1000);
        deadlines.close();

        time.advance(Duration.ofSeconds(2));

        assertThat(due).isEmpty();
    }

    private void set(String id, int millis) {
        deadlines.set(SqliteStoreTest.sandbox(id, SandboxState.RUNNING).endingAt(at(millis)));
    }

    private static Instant at(int millis) {
        return ManualTime.START.plusMillis(millis);
    }
}
