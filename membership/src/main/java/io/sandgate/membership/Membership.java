package io.sandgate.membership;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/// The members of the cluster, as this replica sees them.
///
/// Another member is listed from the moment in which it announced itself, which it does only after its own
/// probes have passed, until it left or was found dead. This replica is always listed. All methods may be called from
/// any thread.
public interface Membership extends AutoCloseable {

    /// Done when this replica is in its cluster, or alone because nobody else listens where the members would be; not while
    /// another living member has its id. The others see it only from then on. Fails with a [MembershipException], whose message names the setting,
    /// when that can never be; is cancelled by [#close()]. Until then it goes on trying, and all other methods may be used.
    CompletionStage<Void> joined();

    /// Why this replica is not in its cluster yet, in words, or not seen there any more because another replica took its id
    /// while it was silent; empty when it is.
    String outsideBecause();

    /// This replica, in the state that it was last told to announce, or unhealthy while its own probes fail.
    Member self();

    /// All visible members, this one among them, in the order of their ids: an immutable snapshot.
    List<Member> members();

    /// The name of the present view; another one after each change of who is in it.
    String view();

    /// How long ago a member was last heard, by this replica's own clock; zero for this replica and for one that is not
    /// visible.
    Duration age(String id);

    /// What this replica makes of a member, or of any other id, by its own clock: one that it never heard of is dead when
    /// the dead timeout has passed since the first question about it. This replica itself is routable while its own
    /// probes pass, and never dead.
    MemberHealth health(String id);

    /// Another member as it was seen last, also when it left or was dropped from the view; of those the latest thousand are
    /// remembered.
    Optional<Member> lastKnown(String id);

    /// How many are in the view and have not announced themselves: they are starting, or were only just seen.
    int unannounced();

    /// Calls the listener with each later change of the others, one at a time and in order, on a thread of the
    /// membership's own; this replica's own announcements are not reported. The listener must not block. What a change
    /// says is in [#members()] before the listener hears of it: so register first, then read the members, and expect
    /// that a member may be seen both ways.
    void onChange(MembershipListener listener);

    /// Calls the listener with each later heartbeat of a visible other member that is ready or draining, in order, on the
    /// thread of [#onChange] and after the changes that the heartbeat brought. The listener must not block.
    void onHeartbeat(HeartbeatListener listener);

    /// Announces this replica to all members in a new state; returns at once. Before its own probes have passed for
    /// the first time, and while they fail, the state is only noted.
    void announce(MemberState state);

    /// What this replica knows of itself before it acts on what belongs to others.
    Standing standing();

    /// Calls the listener, on the thread of [#onChange], each time that this replica fences itself, because it was paused
    /// or does not hear half of its view: from then on it may not sweep, and [#reconciled()] is what it waits for. It is
    /// called once more when that came while the others were silent still, and they are heard now. Must not block.
    void onFenced(Runnable listener);

    /// Calls the listener, on the thread of [#onChange], when this replica is back in a view of others who had gone on without
    /// it, and may have held it dead: it takes a new incarnation by [#renew], so that each of them compares what it owns with
    /// it at once. At most once in 30 s, however often that is. Must not block.
    void onReturned(Runnable listener);

    /// From now on this replica announces itself in that incarnation, if it is later than the present one.
    void renew(long incarnation);

    /// Says that this replica has compared what it has with the others: it is fenced no longer, if it hears half of its view.
    void reconciled();

    /// Leaves cleanly: the others see it at once. Bounded in time; later calls do nothing. No listener is called
    /// afterwards. Who wants to be seen draining announces that before.
    @Override
    void close();
}
