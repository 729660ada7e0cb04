package io.sandgate.membership;

import io.sandgate.membership.Decoded.Undecodable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The thread-safe face of the member table: takes in views and messages from any thread, and reports the changes that
/// follow from them.
///
/// Implementation note. Everything that changes runs on one loop: the table, the published snapshot
/// and the listeners. What waits for it is bounded. Views are merged into one slot, since only the newest counts. Of
/// messages a fixed number may wait; what comes above it is dropped and counted, and the next heartbeat of the same
/// sender says it again. A waiting view is always taken in before a waiting message, so that no announcement is
/// measured against a view that is older than it. A listener that is slow delays the others, and after the bound costs
/// messages, but no memory.
final class Roster<A extends Comparable<? super A>> {
    /// Messages that may wait: 10 s of heartbeats of a thousand members.
    static final int MOST_WAITING = 10_000;

    private static final Logger log = LoggerFactory.getLogger(Roster.class);

    /// Another living replica that has the id of this one.
    ///
    /// @param heardAt when it last said so, as a nano time
    record Twin(Member member, long heardAt) {}

    private final Loop loop;
    private final LongSupplier nanoTime;
    private final MembershipMeters meters;
    private final MemberTable<A> table;
    private final List<MembershipListener> listeners = new CopyOnWriteArrayList<>();
    private final List<HeartbeatListener> heartbeatListeners = new CopyOnWriteArrayList<>();
    private final AtomicReference<ViewChange<A>> waitingView = new AtomicReference<>();
    private final Semaphore room = new Semaphore(MOST_WAITING);
    private final Vitals vitals;
    private final SelfFence fence;
    private final Departed departed = new Departed();
    private volatile List<Member> others = List.of();
    private volatile @Nullable Twin twin;
    private volatile boolean closed;

    /// @param vitals told of each heartbeat and of who is visible
    /// @param fence told of each change of who is visible or in the view
    Roster(String selfId, Loop loop, LongSupplier nanoTime, Vitals vitals, SelfFence fence, MembershipMeters meters) {
        this.loop = loop;
        this.nanoTime = nanoTime;
        this.vitals = vitals;
        this.fence = fence;
        this.meters = meters;
        this.table = new MemberTable<>(selfId, (reason, announcement) -> ignored(selfId, reason, announcement));
    }

    /// The other visible members in the order of their ids.
    List<Member> others() {
        return others;
    }

    /// Another member as it was seen last, whether it is still visible or not.
    Optional<Member> lastKnown(String id) {
        return others.stream().filter(member -> member.id().equals(id)).findFirst().or(() -> departed.find(id));
    }

    private void ignored(String selfId, IgnoreReason reason, Announcement announcement) {
        meters.ignored(reason, announcement);
        Member member = announcement.member();
        if (reason == IgnoreReason.DUPLICATE_ID && member.id().equals(selfId)) {
            twin = new Twin(member, nanoTime.getAsLong());
        }
    }

    /// Another replica of the view that has said within so long a time that it has the id of this one.
    Optional<Member> twin(Duration within) {
        Twin last = twin;
        return last != null && nanoTime.getAsLong() - last.heardAt <= within.toNanos()
                ? Optional.of(last.member)
                : Optional.empty();
    }

    void onChange(MembershipListener listener) {
        listeners.add(listener);
    }

    void onHeartbeat(HeartbeatListener listener) {
        heartbeatListeners.add(listener);
    }

    void viewChanged(ViewChange<A> change) {
        meters.viewChanged();
        ViewChange<A> before = waitingView
                .getAndAccumulate(change, (waiting, later) -> waiting == null ? later : waiting.then(later));
        if (before == null) {
            loop.run(this::takeView);
        }
    }

    /// Takes in a message.
    ///
    /// @param bytes no longer than [AnnouncementCodec#LONGEST], and not changed afterwards
    void received(A from, byte[] bytes) {
        if (!room.tryAcquire()) {
            meters.ignored(IgnoreReason.OVERFLOW, from.toString(), MOST_WAITING + " messages wait");
            return;
        }
        loop.run(() -> {
            room.release();
            takeView();
            takeMessage(from, bytes);
        });
    }

    /// Ends all reports; a listener that runs at this moment finishes.
    void close() {
        closed = true;
    }

    private void takeView() {
        ViewChange<A> change = waitingView.getAndSet(null);
        if (change != null) {
            apply(() -> {
                List<MembershipChange> changes = table.viewChanged(change);
                // Also without a visible change: who is new in the view has not spoken yet.
                unsettle(changes);
                return changes;
            });
        }
    }

    private void takeMessage(A from, byte[] bytes) {
        switch (AnnouncementCodec.decode(bytes)) {
            case Announcement announcement -> announced(from, announcement);
            case Undecodable undecodable -> meters.ignored(undecodable.reason(), from.toString(), undecodable.detail());
        }
    }

    private void announced(A from, Announcement announcement) {
        // A pause has to be noticed before what was said in it is taken for new.
        fence.check();
        apply(() -> {
            List<MembershipChange> changes = table.announced(from, announcement);
            if (table.accepted(announcement)) {
                // Before the listeners hear of a member, so that they find it healthy.
                vitals.heard(announcement.member());
            }
            if (changes.stream().anyMatch(step -> !(step instanceof MembershipChange.Updated))) {
                unsettle(changes);
            }
            return changes;
        });
        if (!closed && Vitals.isHealthy(announcement.member().state()) && table.accepted(announcement)) {
            heartbeatListeners.forEach(listener -> report(listener, announcement));
        }
    }

    private void unsettle(List<MembershipChange> changes) {
        List<Member> now = table.members();
        vitals.onlyVisible(ids(now));
        fence.viewChanged(ids(now), ids(changes.stream().filter(MembershipChange.Left.class::isInstance)
                .map(MembershipChange::member).filter(member -> member.state() == MemberState.DRAINING).toList()));
    }

    private static List<String> ids(List<Member> members) {
        return members.stream().map(Member::id).toList();
    }

    private static void report(HeartbeatListener listener, Announcement announcement) {
        try {
            listener.heard(announcement.member(), announcement.summary());
        } catch (RuntimeException e) {
            log.error("heartbeat.listener_failed id={}", announcement.member().id(), e);
        }
    }

    private void apply(Supplier<List<MembershipChange>> step) {
        if (closed) {
            return;
        }
        List<MembershipChange> changes = step.get();
        if (!changes.isEmpty()) {
            changes.stream().filter(MembershipChange.Left.class::isInstance).map(MembershipChange::member)
                    .forEach(departed::add);
            others = table.members();
            changes.forEach(this::report);
        }
    }

    private void report(MembershipChange change) {
        meters.changed(change);
        Member member = change.member();
        log.info("member.{} id={} incarnation={} state={} peer={} public={}", word(change), member.id(),
                member.incarnation(), member.state(), member.peer(), member.publicEndpoint());
        for (MembershipListener listener : listeners) {
            if (closed) {
                return;
            }
            try {
                listener.changed(change);
            } catch (RuntimeException e) {
                log.error("member.listener_failed change={} id={}", word(change), member.id(), e);
            }
        }
    }

    private static String word(MembershipChange change) {
        return switch (change) {
            case MembershipChange.Joined _ -> "joined";
            case MembershipChange.Updated _ -> "updated";
            case MembershipChange.Left _ -> "left";
            case MembershipChange.Merged _ -> "merged";
        };
    }
}
