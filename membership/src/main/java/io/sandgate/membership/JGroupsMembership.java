package io.sandgate.membership;

import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.membership.trust.Trust;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
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

    private final ThreadLoop rosterLoop = new ThreadLoop("membership-roster");
    private final ThreadLoop announcerLoop = new ThreadLoop("membership-announcer");
    private final Roster<Address> roster;
    private final Announcer announcer;
    private final Group group;
    private final AtomicBoolean closed = new AtomicBoolean();

    private JGroupsMembership(ClusterSettings settings, Wire wire, Member self, LivenessProbe probe,
            MeterRegistry registry) {
        MembershipMeters meters = new MembershipMeters(registry, () -> members().size());
        roster = new Roster<>(self.id(), rosterLoop, System::nanoTime, meters);
        announcer = new Announcer(self, probe, announcerLoop, settings.timers().heartbeat(), this::send);
        try {
            group = Group.join(settings, wire, self.id(), new Inbox(meters));
        } catch (MembershipException e) {
            closeLoops();
            throw e;
        }
    }

    /// Joins the cluster, or founds it when no listed member answers; halves that find each other later merge.
    ///
    /// Blocks the calling thread until this replica has a view, at most for the join timeout. From then on the probe is
    /// asked until it says yes, and only then the others see this replica.
    ///
    /// @param self this replica; its incarnation is larger than that of each earlier life
    /// @throws MembershipException when the listener cannot be opened or the cluster does not let this replica in; the
    ///         message names the setting
    public static Membership join(ClusterSettings settings, Member self, LivenessProbe probe, MeterRegistry registry) {
        return join(settings, Wire.PLAIN, self, probe, registry);
    }

    /// Joins a cluster whose members prove who they are: its traffic is mutual TLS and nothing else.
    ///
    /// @param trust of this replica, with the id of `self`
    public static Membership join(ClusterSettings settings, Trust trust, Member self, LivenessProbe probe,
            MeterRegistry registry) {
        return join(settings, new TrustedWire(trust), self, probe, registry);
    }

    private static Membership join(ClusterSettings settings, Wire wire, Member self, LivenessProbe probe,
            MeterRegistry registry) {
        JGroupsMembership membership = new JGroupsMembership(settings, wire, self, probe, registry);
        log.info("cluster.joined name={} id={} incarnation={} cluster={}", settings.name(), self.id(),
                self.incarnation(), settings.bind());
        membership.announcer.start();
        return membership;
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
        return roster.age(id);
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
    public void announce(MemberState state) {
        announcer.announce(state);
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        roster.close();
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

    private final class Inbox implements Group.Inbox {
        private final MembershipMeters meters;

        Inbox(MembershipMeters meters) {
            this.meters = meters;
        }

        @Override
        public void viewChanged(ViewChange<Address> change) {
            roster.viewChanged(change);
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
