package io.sandgate.membership;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.membership.MembershipChange.Joined;
import io.sandgate.membership.MembershipChange.Left;
import io.sandgate.membership.MembershipChange.Merged;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static io.sandgate.membership.Members.announcement;
import static io.sandgate.membership.Members.member;
import static org.assertj.core.api.Assertions.assertThat;

class RosterTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ManualLoop loop = new ManualLoop();
    private final Vitals vitals = new Vitals(Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofMillis(500),
            loop::nanoTime);
    private final SelfFence fence = new SelfFence(vitals, ClusterTimers.tuned(), loop::nanoTime,
            new SelfFence.Listener() {
                @Override
                public void fenced(SelfFence.Fencing fencing) {}

                @Override
                public void heardAgain() {}
            });
    private final Roster<String> roster = new Roster<>("self", loop, loop::nanoTime, vitals, fence,
            new MembershipMeters(registry, () -> 1, fence::fencedFor,
                    () -> true));
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
    void memberThatLeft_isStillKnownAsItWasLast() {
        roster.viewChanged(ViewChange.plain(Set.of("A", "B")));
        say("A", announcement("a", 1, 1));
        say("B", announcement("b", 1, 1));
        loop.drain();
        roster.viewChanged(ViewChange.plain(Set.of("B")));
        loop.drain();

        assertThat(roster.lastKnown("a")).contains(member("a", 1));
        assertThat(roster.lastKnown("b")).contains(member("b", 1));
        assertThat(roster.lastKnown("c")).isEmpty();

        roster.viewChanged(ViewChange.plain(Set.of("A", "B")));
        say("A", announcement("a", 2, 1));
        loop.drain();
        assertThat(roster.lastKnown("a")).contains(member("a", 2));
    }

    @Test
    void membersThatLeft_areRememberedUpToABound() {
        Departed departed = new Departed();
        departed.add(member("first", 1));
        departed.add(member("second", 1));
        departed.add(member("first", 2));
        IntStream.range(1, Departed.MOST).forEach(i -> departed.add(member("m" + i, 1)));
        assertThat(departed.find("second")).isEmpty();
        assertThat(departed.find("first")).contains(member("first", 2));
    }

    @Test
    void views_thatWait_areTakenAsOne() {
        roster.onChange(heard::add);
        roster.viewChanged(ViewChange.plain(Set.of()));
        say("A", announcement("a", 1, 1));
        roster.viewChanged(new ViewChange<>(Set.of("A"), Set.of("A"), false));
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

    @Test
    void heartbeats_ofReadyAndDrainingMembers_arePassedOnAlsoBehindAListenerThatThrows() {
        RouteSummary routes = new RouteSummary(7, 2);
        List<String> beats = new ArrayList<>();
        roster.onHeartbeat((member, summary) -> {
            throw new IllegalStateException("a listener that fails on purpose");
        });
        roster.onHeartbeat((member, summary) -> beats.add(member.id() + " " + member.state() + " " + summary.root()));
        roster.viewChanged(ViewChange.plain(Set.of("A")));
        say("A", new Announcement(member("a", 1), 1, routes));
        say("A", new Announcement(member("a", 1).in(MemberState.READY), 2, routes));
        say("A", new Announcement(member("a", 1).in(MemberState.UNHEALTHY), 3, routes));
        loop.drain();

        assertThat(beats).containsExactly("a READY 7");
        say("A", new Announcement(member("a", 1).in(MemberState.DRAINING), 4, routes));
        loop.drain();
        assertThat(beats).containsExactly("a READY 7", "a DRAINING 7");
    }

    @Test
    void announcement_withoutEffect_isNoHeartbeat() {
        List<String> beats = new ArrayList<>();
        roster.onHeartbeat((member, summary) -> beats.add(member.id()));
        Member ready = member("a", 1).in(MemberState.READY);
        roster.viewChanged(ViewChange.plain(Set.of("A", "B")));
        say("A", announcement(ready, 2));
        say("A", announcement(ready, 2));
        say("A", announcement(ready, 1));
        say("B", announcement(member("a", 0).in(MemberState.READY), 1));
        say("C", announcement(member("c", 1).in(MemberState.READY), 1));
        loop.drain();

        assertThat(beats).containsExactly("a");
    }

    @Test
    void announcement_thatIsSaidTwice_doesNotMakeAMemberYounger() {
        Announcement once = announcement(member("a", 1).in(MemberState.READY), 1);
        roster.viewChanged(ViewChange.plain(Set.of("A")));
        say("A", once);
        loop.drain();
        loop.advance(Duration.ofSeconds(6));
        say("A", once);
        loop.drain();

        assertThat(vitals.age("a")).isEqualTo(Duration.ofSeconds(6));
        assertThat(vitals.health("a")).isEqualTo(MemberHealth.NOT_ROUTABLE);
    }

    @Test
    void member_thatLeftTheView_isNotRoutable() {
        roster.viewChanged(ViewChange.plain(Set.of("A")));
        say("A", announcement(member("a", 1).in(MemberState.READY), 1));
        loop.drain();
        assertThat(vitals.health("a")).isEqualTo(MemberHealth.ROUTABLE);

        roster.viewChanged(ViewChange.plain(Set.of()));
        loop.drain();

        assertThat(vitals.health("a")).isEqualTo(MemberHealth.NOT_ROUTABLE);
    }

    @Test
    void listenerOfChanges_findsTheMemberRoutable() {
        List<MemberHealth> seen = new ArrayList<>();
        roster.onChange(change -> seen.add(vitals.health(change.member().id())));
        roster.viewChanged(ViewChange.plain(Set.of("A")));
        say("A", announcement(member("a", 1).in(MemberState.READY), 1));
        loop.drain();

        assertThat(seen).containsExactly(MemberHealth.ROUTABLE);
    }

    @Test
    void anyChangeOfTheView_makesItUnstable_andAnotherStateDoesNot() {
        roster.viewChanged(ViewChange.plain(Set.of("A")));
        say("A", announcement("a", 1, 1));
        loop.drain();
        assertThat(stableFor(3)).isEqualTo(Duration.ofSeconds(3));

        say("A", announcement(member("a", 1).in(MemberState.READY), 2));
        assertThat(stableFor(0)).isEqualTo(Duration.ofSeconds(3));
        say("A", announcement("a", 2, 1));
        assertThat(stableFor(0)).isZero();
        assertThat(stableFor(2)).isEqualTo(Duration.ofSeconds(2));
        roster.viewChanged(ViewChange.plain(Set.of("A", "silent")));
        assertThat(stableFor(0)).isZero();
    }

    @Test
    void memberWithTheIdOfThisReplica_isKnownWhileItSpeaks() {
        roster.viewChanged(ViewChange.plain(Set.of("A")));
        say("A", announcement("self", 3, 1));
        say("B", announcement("self", 4, 1));
        loop.drain();
        assertThat(roster.twin(Duration.ofSeconds(5))).contains(member("self", 3));

        loop.advance(Duration.ofSeconds(5));
        assertThat(roster.twin(Duration.ofSeconds(5))).isPresent();
        loop.advance(Duration.ofNanos(1));
        assertThat(roster.twin(Duration.ofSeconds(5))).isEmpty();
    }

    @Test
    void memberThatDrained_isNotMissedWhenItIsGone_andOneThatDied_is() {
        roster.viewChanged(ViewChange.plain(Set.of("A", "B", "C")));
        for (String id : List.of("a", "b", "c")) {
            say(id.toUpperCase(Locale.ROOT), announcement(id, 1, 1));
        }
        stableFor(0);
        loop.advance(SweepRule.WINDOW.dividedBy(2));
        for (String id : List.of("a", "b", "c")) {
            say(id.toUpperCase(Locale.ROOT), announcement(id, 1, 2));
        }
        loop.drain();
        loop.advance(SweepRule.WINDOW.dividedBy(2));
        say("A", announcement(member("a", 1).in(MemberState.DRAINING), 3));
        say("B", announcement("b", 1, 3));
        loop.drain();
        assertThat(fence.standing(true).lastStableView()).isEqualTo(4);
        roster.viewChanged(ViewChange.plain(Set.of("C")));
        loop.drain();

        Standing standing = fence.standing(true);
        assertThat(standing.lastStableView()).isEqualTo(3);
        assertThat(standing.missing()).isEqualTo(1);
    }

    private Duration stableFor(int seconds) {
        loop.drain();
        loop.advance(Duration.ofSeconds(seconds));
        return fence.standing(true).viewStableFor();
    }

    private void say(String from, Announcement announcement) {
        roster.received(from, AnnouncementCodec.encode(announcement));
    }

    private double ignored(IgnoreReason reason) {
        return registry.counter("sandgate.membership.ignored", "reason", reason.tag()).count();
    }
}
