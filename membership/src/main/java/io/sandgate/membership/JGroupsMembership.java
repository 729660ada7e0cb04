package io.sandgate.membership;

import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.membership.trust.Trust;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jgroups.Address;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The membership over a JGroups group.
///
/// Implementation note. Three kinds of threads meet here. JGroups' own only put views and messages into the [Roster]. The
/// roster's thread computes who is visible and calls the listeners. The [Announcer]'s thread asks the probe and sends; it
/// is another one, so that neither a listener nor a slow group delays the other side. No lock is shared.
public final class JGroupsMembership implements Membership {
    private static final Logger log = LoggerFactory.getLogger(JGroupsMembership.class);
    /// How long closing waits for a task of a loop, such as a listener that is running.
    private static final Duration TASK_DEADLINE = Duration.ofSeconds(1);
    /// How often a replica that is not let in looks whether somebody is still there.
    private static final Duration LOOK = Duration.ofSeconds(1);
    /// How often a replica that has just joined looks whether all others have spoken.
    private static final Duration ANNOUNCEMENTS = Duration.ofMillis(20);

    private final ThreadLoop rosterLoop = new ThreadLoop("membership-roster");
    private final ThreadLoop announcerLoop = new ThreadLoop("membership-announcer");
    private final Duration heartbeat;
    private final Duration routable;
    private final Vitals vitals;
    private final SelfFence fence;
    private final MembershipMeters meters;
    private final List<Runnable> fencedListeners = new CopyOnWriteArrayList<>();
    private final Returns returns = new Returns(rosterLoop, System::nanoTime);
    private final Roster<Address> roster;
    private final Announcer announcer;
    private final Group group;
    private final Entrance entrance;
    private final Semaphore viewChanges = new Semaphore(0);
    private final CompletableFuture<Void> joined = new CompletableFuture<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    private JGroupsMembership(ClusterSettings settings, Wire wire, Member self, LivenessProbe probe,
            Supplier<RouteSummary> summary, MeterRegistry registry) {
        ClusterTimers timers = settings.timers();
        heartbeat = timers.heartbeat();
        routable = timers.routable();
        vitals = Vitals.of(timers, System::nanoTime);
        fence = new SelfFence(vitals, timers, System::nanoTime, new Fence());
        meters = new MembershipMeters(registry, () -> members().size(), fence::fencedFor,
                () -> outsideBecause().isEmpty());
        roster = new Roster<>(self.id(), rosterLoop, System::nanoTime, vitals, fence, meters);
        announcer = new Announcer(self, probe, announcerLoop, timers.heartbeat(), summary, this::send);
        Approach approach = new Approach(settings.discovery(), registry);
        entrance = new Entrance(approach,
                listeners -> Knocking.listening(listeners, settings.bind(), wire::isListening),
                () -> roster.twin(timers.routable()), System::nanoTime);
        try {
            group = Group.open(settings, wire, self.id(), approach, new Inbox());
        } catch (MembershipException e) {
            closeLoops();
            throw e;
        }
        tick(rosterLoop, fence.pulse(), SelfFence.tick(timers));
        tick(announcerLoop, fence.pulse(), SelfFence.tick(timers));
    }

    private static void tick(Loop loop, Runnable pulse, Duration interval) {
        loop.after(interval, () -> {
            pulse.run();
            tick(loop, pulse, interval);
        });
    }

    /// Loads the group's tables of classes, which takes long, ahead of [#join]. May be called from any thread, or not at all.
    public static void prepare() {
        GroupStack.prepare();
    }

    /// Begins to join the cluster, or to found it when nobody listens where the members would be; halves that find each
    /// other later merge. What comes of it is in [#joined()].
    ///
    /// The probe is asked until it says yes, and only then the others see this replica.
    ///
    /// @param trust with which the members prove who they are: the cluster's traffic is mutual TLS and nothing else; none for
    ///        a plain one, on loopback
    /// @param self this replica; its incarnation is larger than that of each earlier life
    /// @param summary what this replica says of the routes that it is the authority of, read with each heartbeat on a
    ///        thread of the membership's own; must not block
    /// @throws MembershipException when the listener cannot be where the settings want it; the message names the setting
    public static Membership join(ClusterSettings settings, Optional<Trust> trust, Member self, LivenessProbe probe,
            Supplier<RouteSummary> summary, MeterRegistry registry) {
        Wire wire = trust.<Wire>map(TrustedWire::new).orElse(Wire.PLAIN);
        JGroupsMembership membership = new JGroupsMembership(settings, wire, self, probe, summary, registry);
        membership.rosterLoop.after(settings.joinTimeout(), membership.entrance::complain);
        Thread.ofVirtual().name("cluster-join").start(() -> membership.enter(settings));
        membership.announcer.start();
        return membership;
    }

    private void enter(ClusterSettings settings) {
        try {
            group.join(settings);
            awaitAnnouncements(settings.timers().heartbeat().multipliedBy(3).dividedBy(2));
            while (!closed.get() && !entrance.look(group.others())) {
                var _ = viewChanges.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                viewChanges.drainPermits();
            }
            if (closed.get()) {
                joined.cancel(false);
                return;
            }
            log.info("cluster.joined name={} id={} incarnation={} cluster={} others={}", settings.name(), self().id(),
                    self().incarnation(), settings.bind(), group.others());
            announcer.admit();
            joined.complete(null);
        } catch (MembershipException e) {
            joined.completeExceptionally(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            joined.cancel(false);
        }
    }

    /// Every member speaks when it sees a new view, so also one that has the id of this replica. Should that be lost or late, its
    /// next heartbeat is waited for; longer than that, a silent member keeps nobody out.
    private void awaitAnnouncements(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (group.others() > 0 && unannounced() > 0 && System.nanoTime() < deadline && !closed.get()) {
            var _ = viewChanges.tryAcquire(ANNOUNCEMENTS.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public CompletionStage<Void> joined() {
        return joined.minimalCompletionStage();
    }

    @Override
    public String outsideBecause() {
        String outside = entrance.reason();
        return outside.isEmpty() ? replacedBecause() : outside;
    }

    /// By a replica that took its id while this one was silent.
    private String replacedBecause() {
        return roster.twin(routable).filter(twin -> twin.incarnation() > self().incarnation()).map(Entrance::taken)
                .orElse("");
    }

    @Override
    public Member self() {
        return announcer.self();
    }

    @Override
    public List<Member> members() {
        List<Member> members = new ArrayList<>(roster.others());
        members.add(self());
        members.sort(Comparator.comparing(Member::id));
        return List.copyOf(members);
    }

    @Override
    public String view() {
        return group.view();
    }

    @Override
    public Duration age(String id) {
        return vitals.age(id);
    }

    @Override
    public MemberHealth health(String id) {
        if (id.equals(self().id())) {
            return announcer.probesPass() ? MemberHealth.ROUTABLE : MemberHealth.NOT_ROUTABLE;
        }
        // Before the first tick after a pause all others look dead.
        fence.check();
        return vitals.health(id);
    }

    @Override
    public Optional<Member> lastKnown(String id) {
        return roster.lastKnown(id);
    }

    @Override
    public int unannounced() {
        return Math.max(0, group.others() - roster.others().size());
    }

    @Override
    public void onChange(MembershipListener listener) {
        roster.onChange(listener);
    }

    @Override
    public void onHeartbeat(HeartbeatListener listener) {
        roster.onHeartbeat(listener);
    }

    @Override
    public void announce(MemberState state) {
        announcer.announce(state);
    }

    @Override
    public Standing standing() {
        return fence.standing(announcer.probesPass());
    }

    @Override
    public void onFenced(Runnable listener) {
        fencedListeners.add(listener);
    }

    @Override
    public void onReturned(Runnable listener) {
        returns.onReturned(listener);
    }

    @Override
    public void renew(long incarnation) {
        announcer.renew(incarnation);
    }

    @Override
    public void reconciled() {
        fence.reconciled();
    }

    private void tellFenced() {
        for (Runnable listener : fencedListeners) {
            try {
                listener.run();
            } catch (RuntimeException e) {
                log.error("self.fence_listener_failed id={}", self().id(), e);
            }
        }
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        roster.close();
        viewChanges.release();
        group.close();
        closeLoops();
        log.info("cluster.left id={}", self().id());
    }

    private void send(byte[] bytes) {
        group.send(bytes);
    }

    private void closeLoops() {
        announcerLoop.close(TASK_DEADLINE);
        rosterLoop.close(TASK_DEADLINE);
    }

    private final class Fence implements SelfFence.Listener {
        @Override
        public void fenced(SelfFence.Fencing fencing) {
            rosterLoop.run(() -> {
                meters.fenced(fencing, self().id());
                tellFenced();
            });
        }

        @Override
        public void heardAgain() {
            rosterLoop.run(JGroupsMembership.this::tellFenced);
        }
    }

    private final class Inbox implements Group.Inbox {
        /// Within three heartbeats another replica that has the id now has said so.
        private void returnedUnlessReplaced() {
            if (replacedBecause().isEmpty()) {
                returns.returned();
            }
        }

        @Override
        public void viewChanged(ViewChange<Address> change) {
            viewChanges.release();
            roster.viewChanged(change);
            // Who was never in has nothing to assert.
            if (change.returned() && entrance.reason().isEmpty()) {
                rosterLoop.after(heartbeat.multipliedBy(3), this::returnedUnlessReplaced);
            }
            announcer.viewChanged();
        }

        @Override
        public void received(Address from, byte[] bytes) {
            roster.received(from, bytes);
        }

        @Override
        public void ignored(IgnoreReason reason, String sender, String detail) {
            meters.ignored(reason, sender, detail);
        }
    }
}
