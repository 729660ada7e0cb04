package io.sandgate.membership;

import io.sandgate.membership.MembershipChange.Joined;
import io.sandgate.membership.MembershipChange.Left;
import io.sandgate.membership.MembershipChange.Merged;
import io.sandgate.membership.MembershipChange.Updated;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static io.sandgate.membership.Members.announcement;
import static io.sandgate.membership.Members.member;
import static org.assertj.core.api.Assertions.assertThat;

class MemberTableTest {
    private final List<IgnoreReason> ignored = new ArrayList<>();
    private final MemberTable<String> table = new MemberTable<>("self", (reason, announcement) -> ignored.add(reason));

    @Test
    void member_inViewAndAnnounced_joins() {
        assertThat(view("A")).isEmpty();
        assertThat(table.members()).isEmpty();

        assertThat(table.announced("A", announcement("a", 1, 1))).containsExactly(new Joined(member("a", 1)));
        assertThat(table.members()).containsExactly(member("a", 1));
    }

    @Test
    void members_areListedInTheOrderOfTheirIds() {
        view("A", "B", "C");
        table.announced("B", announcement("m3", 1, 1));
        table.announced("A", announcement("m2", 1, 1));
        table.announced("C", announcement("m1", 1, 1));

        assertThat(table.members()).extracting(Member::id).containsExactly("m1", "m2", "m3");
    }

    @Test
    void announcement_fromOutsideTheView_isIgnored() {
        view("A");

        assertThat(table.announced("B", announcement("b", 1, 1))).isEmpty();
        assertThat(table.members()).isEmpty();
        assertThat(ignored).containsExactly(IgnoreReason.NOT_IN_VIEW);
    }

    @Test
    void heartbeat_thatSaysNothingNew_changesNothing() {
        view("A");
        table.announced("A", announcement("a", 1, 1));

        assertThat(table.announced("A", announcement("a", 1, 2))).isEmpty();
        assertThat(ignored).isEmpty();
    }

    @Test
    void member_inAnotherStateOrWithAnotherAddress_isUpdated() {
        view("A");
        table.announced("A", announcement("a", 1, 1));
        Member ready = member("a", 1).in(MemberState.READY);
        Member moved = new Member("a", 1, new Endpoint("127.0.0.1", 7790), ready.publicEndpoint(), ready.state());

        assertThat(table.announced("A", announcement(ready, 2))).containsExactly(new Updated(ready));
        assertThat(table.announced("A", announcement(moved, 3))).containsExactly(new Updated(moved));
        assertThat(table.members()).containsExactly(moved);
    }

    @Test
    void announcement_thatWasOvertaken_isIgnored() {
        view("A");
        Member ready = member("a", 1).in(MemberState.READY);
        table.announced("A", announcement(ready, 2));

        assertThat(table.announced("A", announcement("a", 1, 1))).isEmpty();
        assertThat(table.announced("A", announcement("a", 1, 2))).isEmpty();
        assertThat(table.members()).containsExactly(ready);
        assertThat(ignored).containsExactly(IgnoreReason.OLD_SEQUENCE, IgnoreReason.OLD_SEQUENCE);
    }

    @Test
    void member_thatIsNoLongerInTheView_leavesAsItWasLast() {
        view("A", "B");
        table.announced("A", announcement("a", 1, 1));
        table.announced("B", announcement("b", 1, 1));
        Member draining = member("a", 1).in(MemberState.DRAINING);
        table.announced("A", announcement(draining, 2));

        assertThat(view("B")).containsExactly(new Left(draining));
        assertThat(table.members()).containsExactly(member("b", 1));
        assertThat(view("B")).isEmpty();
    }

    @Test
    void member_thatNeverAnnounced_comesAndGoesUnseen() {
        view("A");

        assertThat(view()).isEmpty();
    }

    @Test
    void member_thatReturnsAfterItLeft_joinsAgain() {
        view("A");
        table.announced("A", announcement("a", 1, 9));
        view();
        view("A2");

        assertThat(table.announced("A2", announcement("a", 2, 1))).containsExactly(new Joined(member("a", 2)));
    }

    @Test
    void member_thatReturnsBeforeItsDeathWasSeen_replacesItsFormerLife() {
        view("A", "A2");
        table.announced("A", announcement("a", 1, 9));

        assertThat(table.announced("A2", announcement("a", 2, 1))).containsExactly(new Joined(member("a", 2)));
        assertThat(table.announced("A2", announcement("a", 2, 2))).isEmpty();
        assertThat(view("A2")).isEmpty();
        assertThat(table.members()).containsExactly(member("a", 2));
        assertThat(ignored).isEmpty();
    }

    @Test
    void member_thatTakesALargerIncarnationWhileRunning_joinsAgain() {
        view("A");
        table.announced("A", announcement("a", 1, 9));

        assertThat(table.announced("A", announcement("a", 2, 1))).containsExactly(new Joined(member("a", 2)));
        assertThat(table.announced("A", announcement("a", 1, 10))).isEmpty();
        assertThat(table.members()).containsExactly(member("a", 2));
        assertThat(ignored).containsExactly(IgnoreReason.OLD_INCARNATION);
    }

    @Test
    void twoReplicas_withOneId_showTheLargerIncarnation() {
        view("A", "B");
        table.announced("A", announcement("x", 5, 1));

        assertThat(table.announced("B", announcement("x", 4, 1))).isEmpty();
        assertThat(table.announced("B", announcement("x", 6, 2))).containsExactly(new Joined(member("x", 6)));
        assertThat(table.announced("A", announcement("x", 5, 2))).isEmpty();
        assertThat(table.members()).containsExactly(member("x", 6));
        assertThat(ignored).containsExactly(IgnoreReason.DUPLICATE_ID, IgnoreReason.DUPLICATE_ID);
    }

    @Test
    void twoReplicas_withOneIdAndIncarnation_showTheSameOneInAnyOrder() {
        view("A", "B");
        Member atA = member("x", 1).in(MemberState.READY);
        Member atB = member("x", 1).in(MemberState.DRAINING);
        table.announced("B", announcement(atB, 1));
        table.announced("A", announcement(atA, 1));
        table.announced("B", announcement(atB, 2));

        assertThat(table.members()).containsExactly(atA);
        assertThat(ignored).containsExactly(IgnoreReason.DUPLICATE_ID);
    }

    @Test
    void loserOfAnId_afterTheWinnerLeft_joinsWithItsNextAnnouncement() {
        view("A", "B");
        table.announced("A", announcement("x", 2, 1));
        table.announced("B", announcement("x", 1, 1));

        assertThat(view("B")).containsExactly(new Left(member("x", 2)));
        assertThat(table.announced("B", announcement("x", 1, 2))).containsExactly(new Joined(member("x", 1)));
    }

    @Test
    void member_withTheIdOfThisReplica_isIgnored() {
        view("A");

        assertThat(table.announced("A", announcement("self", 99, 1))).isEmpty();
        assertThat(table.members()).isEmpty();
        assertThat(ignored).containsExactly(IgnoreReason.DUPLICATE_ID);
    }

    @Test
    void member_thatChangesItsId_keepsTheFirst() {
        view("A");
        table.announced("A", announcement("a", 1, 1));

        assertThat(table.announced("A", announcement("b", 1, 2))).isEmpty();
        assertThat(table.members()).containsExactly(member("a", 1));
        assertThat(ignored).containsExactly(IgnoreReason.CHANGED_ID);
    }

    @Test
    void memberOfAnotherHalf_isReportedAsMergedOnceItIsVisible() {
        view("A");
        table.announced("A", announcement("a", 1, 1));
        view();

        assertThat(table.viewChanged(new ViewChange<>(Set.of("A"), Set.of("A"), false))).isEmpty();
        assertThat(table.announced("A", announcement("a", 1, 2))).containsExactly(new Joined(member("a", 1)),
                new Merged(member("a", 1)));
        assertThat(table.announced("A", announcement("a", 1, 3))).isEmpty();
    }

    @Test
    void memberOfAnotherHalf_thatIsStillVisible_isReportedAsMergedAtOnce() {
        view("A", "B");
        table.announced("A", announcement("a", 1, 1));
        table.announced("B", announcement("b", 1, 1));

        assertThat(table.viewChanged(new ViewChange<>(Set.of("A", "B"), Set.of("A"), false)))
                .containsExactly(new Merged(member("a", 1)));
        assertThat(view("A", "B")).isEmpty();
    }

    @Test
    void memberOfAnotherHalf_thatLeavesUnseen_isForgotten() {
        table.viewChanged(new ViewChange<>(Set.of("A"), Set.of("A"), false));
        view();
        view("A");

        assertThat(table.announced("A", announcement("a", 1, 1))).containsExactly(new Joined(member("a", 1)));
    }

    private List<MembershipChange> view(String... addresses) {
        return table.viewChanged(ViewChange.plain(Set.of(addresses)));
    }
}
