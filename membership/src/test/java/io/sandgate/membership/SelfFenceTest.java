package io.sandgate.membership;

import io.sandgate.membership.SelfFence.Cause;
import io.sandgate.membership.SelfFence.Fencing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static io.sandgate.membership.Members.member;
import static org.assertj.core.api.Assertions.assertThat;

class SelfFenceTest {
    private static final ClusterTimers TIMERS = ClusterTimers.tuned();
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ManualLoop time = new ManualLoop();
    private final Vitals vitals = Vitals.of(TIMERS, time::nanoTime);
    private final List<Fencing> fencings = new ArrayList<>();
    private int heardAgain;
    private final SelfFence fence = new SelfFence(vitals, TIMERS, time::nanoTime,
            new SelfFence.Listener() {
                @Override
                public void fenced(Fencing fencing) {
                    fencings.add(fencing);
                }

                @Override
                public void heardAgain() {
                    heardAgain++;
                }
            });
    private final Runnable roster = fence.pulse();
    private final Runnable announcer = fence.pulse();

    @Test
    void replica_thatTicksAndHearsItsView_isNotFenced() {
        view("b", "c", "d", "e");
        seconds(60, "b", "c");

        assertThat(standing()).isEqualTo(new Standing(false, "", Duration.ofSeconds(60), 5, 5, true));
        assertThat(fencings).isEmpty();
        assertThat(fence.fencedFor()).isZero();
    }

    @Test
    void gapOfHalfTheFailureTimeout_isBorne_andOneThatIsLonger_fences() {
        view("b");
        time.advance(Duration.ofSeconds(4));
        assertThat(standing().fenced()).isFalse();

        time.advance(Duration.ofNanos(1));

        assertThat(standing().fencedBecause()).isEqualTo("it did not run for 4000 ms");
        assertThat(fencings).containsExactly(new Fencing(Cause.PAUSED, "it did not run for 4000 ms"));
    }

    @Test
    void oneLoopThatStandsStill_fences() {
        view();
        for (int i = 0; i < 5; i++) {
            time.advance(SECOND);
            roster.run();
        }

        assertThat(fencings).extracting(Fencing::cause).containsExactly(Cause.PAUSED);
    }

    @Test
    void pause_isNotCountedTowardsTheDeathOfOthers() {
        view("b");
        seconds(1, "b");
        time.advance(Duration.ofMinutes(10));

        fence.check();

        assertThat(vitals.health("b")).isEqualTo(MemberHealth.NOT_ROUTABLE);
    }

    @Test
    void replica_thatHearsLessThanHalfOfItsView_isFencedAfterTheFailureTimeout() {
        view("b", "c", "d", "e");
        seconds(8, "b");
        assertThat(fencings).isEmpty();

        seconds(1, "b");

        assertThat(fencings).containsExactly(
                new Fencing(Cause.CUT_OFF, "it heard 2 of 5 members, itself among them, within 8000 ms"));
    }

    @Test
    void replica_thatHearsHalfOfItsView_isNotFenced() {
        view("b");
        seconds(60);
        assertThat(fencings).isEmpty();

        view("b", "c", "d");
        seconds(60, "c");
        assertThat(fencings).isEmpty();
    }

    @Test
    void fenced_staysUntilItIsReconciled_andIsToldOnce() {
        view("b");
        time.advance(Duration.ofSeconds(5));
        fence.check();
        seconds(20, "b");

        assertThat(standing().fenced()).isTrue();
        assertThat(standing().viewStableFor()).isZero();
        assertThat(fence.fencedFor()).isEqualTo(Duration.ofSeconds(20));
        fence.reconciled();
        assertThat(standing()).isEqualTo(new Standing(false, "", Duration.ZERO, 1, 1, true));
        seconds(3, "b");
        assertThat(standing().viewStableFor()).isEqualTo(Duration.ofSeconds(3));
        assertThat(fencings).hasSize(1);
    }

    @Test
    void reconciled_whileTheOthersAreSilent_leavesTheFenceAndIsAskedForAgainWhenTheyAreHeard() {
        view("b", "c");
        seconds(9);
        fence.reconciled();
        seconds(5);
        assertThat(standing().fenced()).isTrue();
        assertThat(heardAgain).isZero();

        seconds(5, "b");
        assertThat(standing().fenced()).isTrue();
        assertThat(heardAgain).isEqualTo(1);
        fence.reconciled();

        assertThat(standing().fenced()).isFalse();
        assertThat(fencings).hasSize(1);
    }

    @Test
    void heartbeats_thatWaitedWhileItSlept_doNotLiftTheFence() {
        view("b", "c", "d", "e");
        seconds(3, "b", "c", "d", "e");
        time.advance(Duration.ofSeconds(20));
        fence.check();
        for (int i = 0; i < 11; i++) {
            hear("b");
            hear("c");
            time.advance(Duration.ofMillis(40));
        }
        fence.reconciled();
        assertThat(standing().fenced()).isTrue();

        time.advance(Duration.ofMillis(100));
        hear("b");
        hear("c");
        fence.check();
        assertThat(heardAgain).isEqualTo(1);
        fence.reconciled();
        assertThat(standing().fenced()).isFalse();
    }

    @Test
    void reconciled_whenItIsNotFenced_leavesTheViewAsStableAsItWas() {
        view("b");
        seconds(5, "b");
        fence.reconciled();

        assertThat(standing().viewStableFor()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void view_thatLostAtMostHalf_becomesTheStableOneAfterAWindow() {
        view("b", "c", "d");
        seconds(10, "b", "c", "d");
        view("b");
        assertMissing(4, 2);

        seconds(9, "b");
        assertMissing(4, 2);
        seconds(1, "b");
        assertMissing(2, 0);
    }

    @Test
    void view_thatLostMore_isMeasuredAgainstTheFormerOneUntilEnoughAreBack() {
        view("b", "c", "d", "e");
        seconds(10, "b", "c", "d", "e");
        view("b");
        seconds(600, "b");
        assertMissing(5, 3);

        view("b", "c");
        seconds(10, "b", "c");
        assertMissing(3, 0);
    }

    @Test
    void view_inWhichOthersReplacedTheMissing_isMeasuredByWhoIsMissing() {
        view("b", "c", "d", "e");
        seconds(10, "b", "c", "d", "e");
        view("v", "w", "x", "y");

        assertMissing(5, 4);
    }

    @Test
    void members_thatDrainedAndLeft_areNotMissed() {
        view("b", "c", "d", "e");
        seconds(10, "b", "c", "d", "e");
        fence.viewChanged(Set.of("b"), Set.of("c", "d"));

        assertMissing(3, 1);
    }

    @Test
    void view_thatNeverWasStable_doesNotCount() {
        view("b");
        seconds(9, "b");
        view("b", "c", "d", "e");
        seconds(1, "b", "c", "d", "e");
        view("b");

        assertMissing(1, 0);
    }

    private void assertMissing(int lastStableView, int missing) {
        assertThat(standing().lastStableView()).as("last stable view").isEqualTo(lastStableView);
        assertThat(standing().missing()).as("missing").isEqualTo(missing);
    }

    private Standing standing() {
        return fence.standing(true);
    }

    private void view(String... others) {
        List<String> now = List.of(others);
        vitals.onlyVisible(now);
        now.forEach(this::hear);
        fence.viewChanged(now, Set.of());
    }

    private void hear(String id) {
        vitals.heard(member(id, 1).in(MemberState.READY));
    }

    /// Seconds in which both loops tick and these members are heard.
    private void seconds(int count, String... heard) {
        for (int i = 0; i < count; i++) {
            time.advance(SECOND);
            for (String id : heard) {
                hear(id);
            }
            roster.run();
            announcer.run();
        }
    }
}
