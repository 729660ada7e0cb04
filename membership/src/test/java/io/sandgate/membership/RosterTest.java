package io.sandgate.membership;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.membership.MembershipChange.Joined;
import io.sandgate.membership.MembershipChange.Left;
import io.sandgate.membership.MembershipChange.Merged;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static io.sandgate.membership.Members.announcement;
import static io.sandgate.membership.Members.member;
import static org.assertj.core.api.Assertions.assertThat;

class RosterTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ManualLoop loop = new ManualLoop();
    private final Roster<String> roster = new Roster<>("self", loop, System::nanoTime,
            new MembershipMeters(registry, () -> 1));
    private final List<MembershipChange> heard = new ArrayList<>();

    @Test
    void changes_reachAllListenersInOrder_alsoBehindOneThatThrows() {
        roster.onChange(change -> {
            throw new IllegalStateException("a listener that fails on purpose");
        });
        roster.onChange(heard::add);
        roster.viewChanged(ViewChange.plain(Set.of("A")));
        say("A", announcement("a", 1, 1));
        loop.drain();
        roster.viewChanged(ViewChange.plain(Set.of()));
        loop.drain();

        assertThat(heard).containsExactly(new Joined(member("a", 1)), new Left(member("a", 1)));
    }

    @Test
    void listener_findsTheChangeInTheMembers() {
        List<List<Member>> seen = new ArrayList<>();
        roster.onChange(change -> seen.add(roster.others()));
        roster.viewChanged(ViewChange.plain(Set.of("A")));
        say("A", announcement("a", 1, 1));
        loop.drain();
        roster.viewChanged(ViewChange.plain(Set.of()));
        loop.drain();

        assertThat(seen).containsExactly(List.of(member("a", 1)), List.of());
    }

    @Test
    void views_thatWait_areTakenAsOne() {
        roster.onChange(heard::add);
        roster.viewChanged(ViewChange.plain(Set.of()));
        say("A", announcement("a", 1, 1));
        roster.viewChanged(new ViewChange<>(Set.of("A"), Set.of("A")));
        roster.viewChanged(ViewChange.plain(Set.of("A", "B")));
        loop.drain();

        assertThat(heard).containsExactly(new Joined(member("a", 1)), new Merged(member("a", 1)));
        assertThat(registry.counter("sandgate.membership.views").count()).isEqualTo(3);
        assertThat(registry.counter("sandgate.membership.merges").count()).isEqualTo(1);
    }

    @Test
    void message_thatWaits_isMeasuredAgainstTheNewestView() {
        roster.onChange(heard::add);
        say("A", announcement("a", 1, 1));
        roster.viewChanged(ViewChange.plain(Set.of("A")));
        loop.drain();

        assertThat(heard).containsExactly(new Joined(member("a", 1)));
    }

    @Test
    void messages_beyondTheBound_areDroppedAndCounted() {
        for (int i = 0; i < Roster.MOST_WAITING + 5; i++) {
            roster.received("A", new byte[0]);
        }

        assertThat(loop.waiting()).isEqualTo(Roster.MOST_WAITING);
        assertThat(ignored(IgnoreReason.OVERFLOW)).isEqualTo(5);
        loop.drain();
        roster.received("A", new byte[0]);
        assertThat(loop.waiting()).isEqualTo(1);
    }

    @Test
    void messages_withoutEffect_areCountedByReason() {
        roster.viewChanged(ViewChange.plain(Set.of("A")));
        roster.received("A", new byte[]{1, 2, 3});
        roster.received("A", new byte[]{'S', 'G', 9});
        say("B", announcement("b", 1, 1));
        loop.drain();

        assertThat(ignored(IgnoreReason.GARBAGE)).isEqualTo(1);
        assertThat(ignored(IgnoreReason.UNKNOWN_VERSION)).isEqualTo(1);
        assertThat(ignored(IgnoreReason.NOT_IN_VIEW)).isEqualTo(1);
        assertThat(roster.others()).isEmpty();
    }

    @Test
    void roster_thatIsClosed_reportsNothing() {
        roster.onChange(heard::add);
        roster.viewChanged(ViewChange.plain(Set.of("A")));
        say("A", announcement("a", 1, 1));
        roster.close();
        loop.drain();

        assertThat(heard).isEmpty();
    }

    private void say(String from, Announcement announcement) {
        roster.received(from, AnnouncementCodec.encode(announcement));
    }

    private double ignored(IgnoreReason reason) {
        return registry.counter("sandgate.membership.ignored", "reason", reason.tag()).count();
    }
}
