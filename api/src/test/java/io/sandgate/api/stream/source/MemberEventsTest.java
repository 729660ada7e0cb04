package io.sandgate.api.stream.source;

import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.Event.Reach;
import io.sandgate.membership.Member;
import io.sandgate.membership.MemberState;
import io.sandgate.membership.MembershipChange;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/// What a replica tells of the members that it sees.
class MemberEventsTest {
    @RegisterExtension
    final SourcesRig rig = new SourcesRig();

    @Test
    void member_changes_areTold_once_toThoseWhoListenHere() {
        Member joining = SourcesRig.member("r2", 1, MemberState.JOINING);
        rig.sources.members().changed(new MembershipChange.Joined(joining));
        rig.sources.seen(joining);
        rig.sources.members().changed(new MembershipChange.Updated(joining.in(MemberState.READY)));
        rig.sources.members().changed(new MembershipChange.Merged(joining.in(MemberState.READY)));
        rig.sources.members().changed(new MembershipChange.Joined(SourcesRig.member("r2", 2, MemberState.READY)));
        rig.sources.members().changed(new MembershipChange.Left(SourcesRig.member("r2", 2, MemberState.READY)));
        rig.sources.members().changed(new MembershipChange.Left(SourcesRig.member("r2", 2, MemberState.READY)));

        assertThat(rig.log.kinds()).containsExactly("member.joined", "member.updated", "member.joined", "member.left");
        assertThat(rig.log.events()).extracting(Event::last).containsExactly(false, false, false, true);
        assertThat(rig.log.lastData().getInteger("incarnation")).isEqualTo(2);
        assertThat(rig.state()).isEmpty();
        assertThat(rig.log.events()).allMatch(event -> event.reach() == Reach.REPLICA && event.owner().isEmpty()
                && event.subject().equals("member/r2"));
        assertThat(new JsonObject(rig.log.events().getFirst().data())).isEqualTo(new JsonObject("""
                {"member":"r2","incarnation":1,"state":"joining","peer":"127.0.0.1:1","public":"127.0.0.1:2"}"""));
    }

    @Test
    void member_whoseChangeTheLogLost_isToldAgain() {
        Member joining = SourcesRig.member("r2", 1, MemberState.JOINING);
        rig.sources.seen(joining);
        rig.log.refuse(true);
        rig.sources.members().changed(new MembershipChange.Updated(joining.in(MemberState.READY)));
        rig.log.refuse(false);
        rig.compare();
        assertThat(rig.log.kinds()).containsExactly("member.joined", "member.updated");
        assertThat(rig.log.lastData().getString("state")).isEqualTo("ready");
    }

    @Test
    void member_thatIsNotThereAnyMore_leavesTheLog() {
        rig.sources.seen(SourcesRig.member("r2", 4, MemberState.READY));
        rig.compare(rig.open());
        assertThat(rig.log.kinds()).containsExactly("member.joined", "member.left");
        assertThat(rig.log.last().subject()).isEqualTo("member/r2");
        assertThat(rig.log.last().last()).isTrue();
        assertThat(rig.log.last().reach()).isEqualTo(Reach.REPLICA);
        assertThat(rig.log.lastData().getInteger("incarnation")).isEqualTo(4);
    }

    @Test
    void member_thatTheLogLost_joinsItAnew() {
        rig.sources.seen(SourcesRig.member("r2", 1, MemberState.READY));
        rig.log.lose();
        rig.compare();
        assertThat(rig.log.kinds()).containsExactly("member.joined");
    }
}
