package io.sandgate.api;

import io.sandgate.api.e2b.FakeMembership;
import io.sandgate.membership.Endpoint;
import io.sandgate.membership.Member;
import io.sandgate.membership.MemberState;
import io.sandgate.membership.MembershipChange;
import io.sandgate.membership.MembershipChange.Joined;
import io.sandgate.membership.MembershipChange.Left;
import io.sandgate.membership.MembershipChange.Updated;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// What a listener makes of the members when they change while they are read.
class FollowingTest {
    private final Deque<Runnable> whileTheyAreRead = new ArrayDeque<>();
    private final Map<String, Member> members = new TreeMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        public Collection<Member> values() {
            List<Member> read = List.copyOf(super.values());
            while (!whileTheyAreRead.isEmpty()) {
                whileTheyAreRead.remove().run();
            }
            return read;
        }
    };
    private final FakeMembership membership = new FakeMembership("self", members);
    private final List<MembershipChange> heard = new ArrayList<>();
    private final Map<String, Member> present = new TreeMap<>();

    private static Member member(String id, long incarnation) {
        return new Member(id, incarnation, new Endpoint("127.0.0.1", 1), new Endpoint("127.0.0.1", 2),
                MemberState.READY);
    }

    private void tell(MembershipChange change) {
        membership.listeners().forEach(listener -> listener.changed(change));
    }

    private void join(Member member) {
        members.put(member.id(), member);
        tell(new Joined(member));
    }

    private void leave(Member member) {
        members.remove(member.id());
        tell(new Left(member));
    }

    private void follow() {
        Following.follow(membership, change -> {
            heard.add(change);
            if (change instanceof Left(Member member)) {
                present.remove(member.id());
            } else {
                present.put(change.member().id(), change.member());
            }
        });
    }

    @Test
    void members_thatAreThere_areToldBeforeWhatChangesLater() {
        Member one = member("a", 1);
        members.put("a", one);
        follow();
        tell(new Updated(one));
        assertThat(heard).containsExactly(new Joined(one), new Updated(one));
    }

    @Test
    void memberThatLeavesWhileTheyAreRead_isNotThere() {
        Member one = member("a", 1);
        members.put("a", one);
        whileTheyAreRead.add(() -> leave(one));
        follow();
        assertThat(heard).contains(new Left(one));
        assertThat(present).isEqualTo(members).isEmpty();
    }

    @Test
    void memberThatLeavesAndComesBackWhileTheyAreRead_isThereAsItIsNow() {
        Member one = member("a", 1);
        Member again = member("a", 2);
        members.put("a", one);
        whileTheyAreRead.add(() -> leave(one));
        whileTheyAreRead.add(() -> join(again));
        whileTheyAreRead.add(() -> join(member("b", 1)));
        follow();
        assertThat(present).isEqualTo(members).hasSize(2).containsEntry("a", again);
    }
}
