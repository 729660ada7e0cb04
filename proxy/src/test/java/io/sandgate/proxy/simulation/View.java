package io.sandgate.proxy.simulation;

import io.sandgate.membership.Member;
import io.sandgate.membership.MemberHealth;
import io.sandgate.membership.MemberState;
import io.sandgate.membership.MembershipChange;
import io.sandgate.membership.MembershipListener;
import io.sandgate.membership.Standing;
import io.sandgate.membership.SweepRule;
import io.sandgate.membership.SweepVerdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/// What one node believes of the others, from the heartbeats that reach it: the membership without JGroups.
final class View {
    private static final Duration LOST = Duration.ofSeconds(9);
    private static final Duration ROUTABLE = Duration.ofSeconds(5);
    private static final Duration DEAD = Duration.ofSeconds(60);
    private static final Duration LONGEST_GAP = Duration.ofSeconds(4);
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(8);

    private final String self;
    private final LongSupplier nanoTime;
    private final MembershipListener listener;
    private final Runnable fence;
    private final Map<String, Member> present = new TreeMap<>();
    private final Map<String, Long> heard = new TreeMap<>();
    private int stable = 1;
    private long changedAt;
    private long lastTick;
    private boolean fenced;
    /// Whether the last tick found a reason to be fenced; when it is over, what was compared meanwhile is compared anew.
    private boolean doubted;

    View(String self, LongSupplier nanoTime, MembershipListener listener, Runnable fence) {
        this.self = self;
        this.nanoTime = nanoTime;
        this.listener = listener;
        this.fence = fence;
        this.changedAt = nanoTime.getAsLong();
        this.lastTick = changedAt;
    }

    List<Member> others() {
        return List.copyOf(present.values());
    }

    void heard(Member member) {
        Member before = present.put(member.id(), member);
        boolean known = heard.put(member.id(), nanoTime.getAsLong()) != null;
        if (before == null || before.incarnation() < member.incarnation()) {
            changedAt = nanoTime.getAsLong();
            listener.changed(new MembershipChange.Joined(member));
            if (known) {
                listener.changed(new MembershipChange.Merged(member));
            }
        } else if (before.incarnation() > member.incarnation()) {
            present.put(member.id(), before);
        } else if (!before.equals(member)) {
            listener.changed(new MembershipChange.Updated(member));
        }
    }

    /// The connections of a process that died were closed.
    void closed(String id, long incarnation) {
        Member member = present.get(id);
        if (member != null && member.incarnation() == incarnation) {
            leave(member);
        }
    }

    void tick() {
        long now = nanoTime.getAsLong();
        boolean paused = now - lastTick > LONGEST_GAP.toNanos();
        lastTick = now;
        if (!paused) {
            new ArrayList<>(present.values()).stream().filter(member -> silence(member.id()).compareTo(LOST) > 0)
                    .forEach(this::leave);
        }
        boolean doubts = paused || isCutOff();
        if (doubts != doubted || (doubts && !fenced)) {
            doubted = doubts;
            fenced |= doubts;
            if (fenced) {
                fence.run();
            }
        }
        if (!fenced && settledFor().compareTo(SweepRule.WINDOW) >= 0
                && (present.size() + 1) * 2 >= stable) {
            stable = present.size() + 1;
        }
    }

    private void leave(Member member) {
        present.remove(member.id());
        changedAt = nanoTime.getAsLong();
        listener.changed(new MembershipChange.Left(member));
    }

    private boolean isCutOff() {
        long hearing = present.keySet().stream().filter(id -> silence(id).compareTo(LONGEST_SILENCE) <= 0).count() + 1;
        return hearing * 2 < present.size() + 1;
    }

    void reconciled() {
        if (fenced && !isCutOff()) {
            fenced = false;
            changedAt = nanoTime.getAsLong();
        }
    }

    private Duration silence(String id) {
        return Duration.ofNanos(nanoTime.getAsLong() - heard.computeIfAbsent(id, unknown -> nanoTime.getAsLong()));
    }

    private Duration settledFor() {
        return Duration.ofNanos(nanoTime.getAsLong() - changedAt);
    }

    MemberHealth health(String id) {
        if (id.equals(self)) {
            return MemberHealth.ROUTABLE;
        }
        Duration silence = silence(id);
        if (silence.compareTo(DEAD) > 0) {
            return MemberHealth.DEAD;
        }
        return present.containsKey(id) && silence.compareTo(ROUTABLE) <= 0
                ? MemberHealth.ROUTABLE
                : MemberHealth.NOT_ROUTABLE;
    }

    SweepVerdict verdict(Member me) {
        List<Member> members = new ArrayList<>(present.values());
        members.add(me);
        Standing standing = new Standing(fenced, fenced ? "simulated" : "", fenced ? Duration.ZERO : settledFor(),
                stable,
                Math.min(stable, present.size() + 1), me.state() == MemberState.READY);
        return SweepRule.verdict(self, standing, members, this::health);
    }
}
