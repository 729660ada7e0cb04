package io.sandgate.membership;

import io.sandgate.membership.SweepVerdict.Allowed;
import io.sandgate.membership.SweepVerdict.Reason;
import io.sandgate.membership.SweepVerdict.Refused;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static io.sandgate.membership.Members.member;
import static org.assertj.core.api.Assertions.assertThat;

class SweepRuleTest {
    private static final Standing GOOD = new Standing(false, "", SweepRule.WINDOW, 3, 3, true);

    private final Map<String, MemberHealth> health = new HashMap<>(
            Map.of("a", MemberHealth.ROUTABLE, "b", MemberHealth.ROUTABLE, "c", MemberHealth.ROUTABLE));
    private List<Member> members = List.of(ready("a"), ready("b"), ready("c"));

    @Test
    void mayClear_ofDeadReplica_unlessOnlyThisOneDoesNotHearIt() {
        Duration muchTooLong = SweepRule.WINDOW.plusMillis(1);

        assertThat(SweepRule.mayClear(MemberHealth.DEAD, false, Duration.ZERO)).as("it left").isTrue();
        assertThat(SweepRule.mayClear(MemberHealth.DEAD, true, muchTooLong)).as("cut off from this one").isFalse();
        assertThat(SweepRule.mayClear(MemberHealth.DEAD, true, Duration.ofSeconds(1))).as("says it is unhealthy")
                .isTrue();
        assertThat(SweepRule.mayClear(MemberHealth.NOT_ROUTABLE, false, muchTooLong)).as("not for long enough")
                .isFalse();
    }

    @Test
    void lowestReadyAndRoutable_sweeps_andNobodyElse() {
        assertThat(verdict("a", GOOD)).isEqualTo(new Allowed());
        assertRefused("b", GOOD, Reason.NOT_THE_SWEEPER);
        assertRefused("c", GOOD, Reason.NOT_THE_SWEEPER);
    }

    @Test
    void lowest_thatIsNotRoutable_isPassedOver() {
        health.put("a", MemberHealth.NOT_ROUTABLE);

        assertRefused("a", GOOD, Reason.NOT_THE_SWEEPER);
        assertThat(verdict("b", GOOD)).isEqualTo(new Allowed());
    }

    @Test
    void lowest_thatIsNotReady_isPassedOver() {
        for (MemberState state : List.of(MemberState.JOINING, MemberState.DRAINING, MemberState.UNHEALTHY)) {
            members = List.of(member("a", 1).in(state), ready("b"), ready("c"));

            assertRefused("a", GOOD, Reason.NOT_THE_SWEEPER);
            assertThat(verdict("b", GOOD)).isEqualTo(new Allowed());
        }
    }

    @Test
    void replica_whoseProbesFail_doesNotSweep() {
        assertRefused("a", new Standing(false, "", SweepRule.WINDOW, 3, 3, false), Reason.PROBES_FAIL);
    }

    @Test
    void replica_thatIsFenced_doesNotSweep() {
        assertRefused("a", new Standing(true, "paused", Duration.ZERO, 3, 3, true), Reason.FENCED);
    }

    @Test
    void replica_whoseViewChangedWithinTheWindow_doesNotSweep() {
        assertRefused("a", new Standing(false, "", SweepRule.WINDOW.minusNanos(1), 3, 3, true), Reason.UNSETTLED);
    }

    @Test
    void replica_thatMissesMoreThanHalf_doesNotSweep() {
        assertThat(verdict("a", missing(2, 4))).isEqualTo(new Allowed());
        assertThat(verdict("a", missing(1, 2))).isEqualTo(new Allowed());
        assertRefused("a", missing(2, 3), Reason.TOO_MANY_MISSING);
        assertRefused("a", missing(3, 5), Reason.TOO_MANY_MISSING);
    }

    @Test
    void sweeper_ofMembersThatAreNotReady_isNobody() {
        members = List.of(member("a", 1));

        assertThat(SweepRule.sweeper(members, id -> MemberHealth.ROUTABLE)).isEmpty();
    }

    private static Standing missing(int missing, int of) {
        return new Standing(false, "", SweepRule.WINDOW, of, of - missing, true);
    }

    private void assertRefused(String self, Standing standing, Reason reason) {
        assertThat(verdict(self, standing)).isEqualTo(new Refused(reason));
    }

    private SweepVerdict verdict(String self, Standing standing) {
        return SweepRule.verdict(self, standing, members, id -> health.getOrDefault(id, MemberHealth.DEAD));
    }

    private static Member ready(String id) {
        return member(id, 1).in(MemberState.READY);
    }
}
