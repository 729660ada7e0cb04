package io.sandgate.membership;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static io.sandgate.membership.MemberHealth.DEAD;
import static io.sandgate.membership.MemberHealth.NOT_ROUTABLE;
import static io.sandgate.membership.MemberHealth.ROUTABLE;
import static io.sandgate.membership.Members.member;
import static org.assertj.core.api.Assertions.assertThat;

class VitalsTest {
    private static final Duration MOMENT = Duration.ofNanos(1);

    private final ManualLoop time = new ManualLoop();
    private final Vitals vitals = new Vitals(Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofMillis(500),
            time::nanoTime);

    @Test
    void silentMember_passesBothThresholds() {
        hear(MemberState.READY);
        after(5, ROUTABLE);
        time.advance(MOMENT);
        after(0, NOT_ROUTABLE);
        after(54, NOT_ROUTABLE);
        after(1, DEAD);
    }

    @Test
    void drainingMember_isRoutable() {
        hear(MemberState.DRAINING);

        after(5, ROUTABLE);
    }

    @Test
    void unhealthyMember_isNotRoutableAtOnce_andDeadAfterItsLastHealthyHeartbeat() {
        hear(MemberState.READY);
        time.advance(Duration.ofSeconds(1));
        hear(MemberState.UNHEALTHY);
        after(0, NOT_ROUTABLE);
        time.advance(Duration.ofSeconds(58));
        hear(MemberState.UNHEALTHY);
        after(1, NOT_ROUTABLE);
        time.advance(MOMENT);
        after(0, DEAD);

        hear(MemberState.READY);
        after(0, ROUTABLE);
    }

    @Test
    void afterAPause_aMemberIsHeardWithItsSecondHeartbeat_halfAnIntervalLater() {
        hear(MemberState.READY);
        assertThat(vitals.heardWithin(Duration.ofSeconds(1))).isEqualTo(1);

        vitals.listensAnew();
        assertThat(vitals.heardWithin(Duration.ofSeconds(1))).isZero();
        hear(MemberState.READY);
        time.advance(Duration.ofMillis(499));
        hear(MemberState.READY);
        assertThat(vitals.heardWithin(Duration.ofSeconds(1))).isZero();
        time.advance(Duration.ofMillis(1));
        hear(MemberState.READY);
        assertThat(vitals.heardWithin(Duration.ofSeconds(1))).isEqualTo(1);

        vitals.listensAnew();
        hear(MemberState.READY);
        assertThat(vitals.heardWithin(Duration.ofSeconds(1))).isZero();
    }

    @Test
    void joiningMember_isNotRoutable() {
        hear(MemberState.JOINING);

        after(0, NOT_ROUTABLE);
    }

    @Test
    void memberThatIsGone_isNotRoutableAtOnce_andDeadAfterItsLastHealthyHeartbeat() {
        hear(MemberState.READY);
        time.advance(Duration.ofSeconds(2));
        vitals.onlyVisible(Set.of());
        after(0, NOT_ROUTABLE);
        after(58, NOT_ROUTABLE);
        time.advance(MOMENT);
        after(0, DEAD);
    }

    @Test
    void memberThatReturnsJoining_keepsTheClockOfItsFormerLife() {
        hear(MemberState.READY);
        vitals.onlyVisible(Set.of());
        time.advance(Duration.ofSeconds(59));
        hear(MemberState.JOINING);
        after(1, NOT_ROUTABLE);
        time.advance(MOMENT);
        after(0, DEAD);
    }

    @Test
    void idThatWasNeverHeard_countsFromTheFirstQuestion() {
        time.advance(Duration.ofHours(1));
        after(0, NOT_ROUTABLE);
        after(60, NOT_ROUTABLE);
        time.advance(MOMENT);
        after(0, DEAD);
    }

    @Test
    void timeInWhichThisReplicaDidNotRun_makesNobodyDead() {
        hear(MemberState.READY);
        time.advance(Duration.ofMinutes(5));
        vitals.listensAnew();
        after(60, NOT_ROUTABLE);
        time.advance(MOMENT);
        after(0, DEAD);
    }

    @Test
    void absentReplicas_areForgottenInTheirOrderBeyondTheBound_andVisibleOnesNever() {
        hear(MemberState.READY);
        assertThat(vitals.health("first")).isEqualTo(NOT_ROUTABLE);
        time.advance(Duration.ofSeconds(30));
        for (int i = 0; i < Vitals.MOST_ABSENT - 1; i++) {
            assertThat(vitals.health("x" + i)).isEqualTo(NOT_ROUTABLE);
        }
        time.advance(Duration.ofSeconds(31));
        assertThat(vitals.health("first")).isEqualTo(DEAD);

        assertThat(vitals.health("one more")).isEqualTo(NOT_ROUTABLE);

        assertThat(vitals.health("first")).isEqualTo(NOT_ROUTABLE);
        assertThat(vitals.health("a")).isEqualTo(DEAD);
    }

    @Test
    void age_isThatOfTheLastWordOfAVisibleMember() {
        hear(MemberState.READY);
        time.advance(Duration.ofSeconds(2));
        hear(MemberState.UNHEALTHY);
        time.advance(Duration.ofSeconds(3));

        assertThat(vitals.age("a")).isEqualTo(Duration.ofSeconds(3));
        assertThat(vitals.age("b")).isZero();
        vitals.onlyVisible(List.of("b"));
        assertThat(vitals.age("a")).isZero();
    }

    private void hear(MemberState state) {
        vitals.heard(member("a", 1).in(state));
    }

    private void after(int seconds, MemberHealth expected) {
        time.advance(Duration.ofSeconds(seconds));
        assertThat(vitals.health("a")).isEqualTo(expected);
    }
}
