package io.sandgate.api.e2b;

import io.sandgate.membership.HeartbeatListener;
import io.sandgate.membership.Member;
import io.sandgate.membership.MemberHealth;
import io.sandgate.membership.MemberState;
import io.sandgate.membership.Membership;
import io.sandgate.membership.MembershipListener;
import io.sandgate.membership.Standing;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/// One replica's view of a list of members that all replicas of a test share: each is as healthy as it says.
///
/// @param standings what this replica knows of itself: the last one counts
/// @param outside why it is not in its cluster, if it is not
/// @param listeners of changes, which the test tells
public record FakeMembership(String id, Map<String, Member> shared, List<Standing> standings, List<String> outside,
        List<MembershipListener> listeners)
        implements
            Membership {

    public FakeMembership(String id, Map<String, Member> shared) {
        this(id, shared, new CopyOnWriteArrayList<>(List.of(new Standing(false, "", Duration.ofDays(1), 1, 1, true))),
                new CopyOnWriteArrayList<>(), new CopyOnWriteArrayList<>());
    }

    @Override
    public CompletionStage<Void> joined() {
        return outside.isEmpty() ? CompletableFuture.completedStage(null) : new CompletableFuture<>();
    }

    @Override
    public String outsideBecause() {
        return String.join("; ", outside);
    }

    @Override
    public Member self() {
        Member member = shared.get(id);
        if (member == null) {
            throw new NoSuchElementException(id);
        }
        return member;
    }

    @Override
    public List<Member> members() {
        return shared.values().stream().sorted(Comparator.comparing(Member::id)).toList();
    }

    @Override
    public String view() {
        return "test|" + shared.size();
    }

    @Override
    public Duration age(String member) {
        return Duration.ZERO;
    }

    @Override
    public MemberHealth health(String member) {
        Member known = shared.get(member);
        return known != null && (known.state() == MemberState.READY || known.state() == MemberState.DRAINING)
                ? MemberHealth.ROUTABLE
                : MemberHealth.NOT_ROUTABLE;
    }

    @Override
    public Optional<Member> lastKnown(String other) {
        return Optional.ofNullable(shared.get(other));
    }

    @Override
    public int unannounced() {
        return 0;
    }

    @Override
    public void onChange(MembershipListener listener) {
        listeners.add(listener);
    }

    @Override
    public void onHeartbeat(HeartbeatListener listener) {}

    @Override
    public void announce(MemberState state) {
        shared.put(id, self().in(state));
    }

    @Override
    public Standing standing() {
        return standings.getLast();
    }

    @Override
    public void onFenced(Runnable listener) {}

    @Override
    public void onReturned(Runnable listener) {}

    @Override
    public void renew(long incarnation) {}

    @Override
    public void reconciled() {}

    @Override
    public void close() {
        shared.remove(id);
    }
}
