package io.sandgate.membership;

import io.sandgate.membership.trust.RefusedCertificateException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.Event;
import org.jgroups.JChannel;
import org.jgroups.MergeView;
import org.jgroups.Message;
import org.jgroups.Receiver;
import org.jgroups.View;
import org.jgroups.stack.IpAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection to the JGroups group: sends bytes to all other members, and passes on their bytes and the views.
///
/// JGroups' threads only hand over what they bring. Its calls that wait (connect, close) run on a virtual thread and are
/// waited for with a deadline.
final class Group implements Receiver {

    /// Takes what the group says, on threads of the group.
    interface Inbox {
        void viewChanged(ViewChange<Address> change);

        void received(Address from, byte[] bytes);

        void ignored(IgnoreReason reason, String sender, String detail);
    }

    private static final Logger log = LoggerFactory.getLogger(Group.class);
    private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(3);

    private final JChannel channel;
    private final Wire wire;
    private final Inbox inbox;
    // JGroups calls viewAccepted for one view at a time.
    private volatile Set<Address> before = Set.of();
    private volatile String view = "";

    private Group(JChannel channel, Wire wire, Inbox inbox) {
        this.channel = channel;
        this.wire = wire;
        this.inbox = inbox;
    }

    /// A group that is not joined.
    ///
    /// @throws MembershipException when the listener cannot be where the settings want it
    static Group open(ClusterSettings settings, Wire wire, String memberId, Approach approach, Inbox inbox) {
        InetAddress address = resolve(settings.bind());
        Group group;
        try {
            group = new Group(GroupStack.channel(settings, wire, address, approach), wire, inbox);
        } catch (Exception e) { // JGroups declares no narrower one
            throw new MembershipException("the cluster listener cannot be set up: " + e.getMessage(), e);
        }
        group.channel.setName(memberId);
        group.channel.setReceiver(group);
        return group;
    }

    /// Joins the group, or founds it when nobody answers or nobody lets this replica in. Blocks until then, which takes as
    /// long as connecting to the others does.
    ///
    /// @throws MembershipException when that can never work, because the listener cannot be opened
    void join(ClusterSettings settings) {
        try {
            channel.connect(settings.name());
        } catch (Exception e) { // JGroups declares no narrower one
            throw refused(settings.bind(), e);
        }
        wire.requirePrepared(channel);
    }

    /// Sends to all other members; the order of one sender's messages is kept.
    void send(byte[] bytes) {
        try {
            channel.send(new BytesMessage(null, wire.wrap(bytes, channel.getAddress()))
                    .setFlag(Message.TransientFlag.DONT_LOOPBACK));
        } catch (Exception e) { // JGroups declares no narrower one
            throw new MembershipException("the group takes no message: " + e.getMessage(), e);
        }
    }

    /// Leaves the group.
    void close() {
        try {
            within(CLOSE_DEADLINE, "cluster-leave", channel::close);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            log.info("cluster.leave_failed (the others will find this replica dead)", e);
        }
    }

    /// Who made the present view, and its number; empty before the first one.
    String view() {
        return view;
    }

    /// How many others are in the view.
    int others() {
        return before.size();
    }

    @Override
    public void viewAccepted(View view) {
        Address self = channel.getAddress();
        Set<Address> now = others(view, self);
        ViewChange<Address> change = view instanceof MergeView merge
                ? ViewChange.merged(self, before, now, subgroups(merge))
                : ViewChange.plain(now);
        before = now;
        this.view = view.getViewId().getCreator() + "|" + view.getViewId().getId();
        log.debug("view.changed view={} merge={}", view, view instanceof MergeView);
        inbox.viewChanged(change);
    }

    @Override
    public void receive(Message message) {
        Address from = message.getSrc();
        if (!(message instanceof BytesMessage)) {
            inbox.ignored(IgnoreReason.NOT_BYTES, from.toString(), "message type: " + message.getType());
        } else if (message.getLength() > AnnouncementCodec.LONGEST + wire.overhead()) {
            inbox.ignored(IgnoreReason.GARBAGE, from.toString(), "length: " + message.getLength()
                    + " (expected: at most " + (AnnouncementCodec.LONGEST + wire.overhead()) + ")");
        } else {
            unwrap(from, copy(message));
        }
    }

    private void unwrap(Address from, byte[] message) {
        try {
            inbox.received(from, wire.unwrap(message, from));
        } catch (RefusedCertificateException e) {
            wire.refused(hostOf(from), e);
        }
    }

    /// Where a member is; its name when that is not known.
    private String hostOf(Address member) {
        return channel.down(new Event(Event.GET_PHYSICAL_ADDRESS, member)) instanceof IpAddress known
                ? known.getIpAddress().getHostAddress()
                : member.toString();
    }

    private static byte[] copy(Message message) {
        byte[] bytes = new byte[message.getLength()];
        if (bytes.length > 0) {
            System.arraycopy(message.getArray(), message.getOffset(), bytes, 0, bytes.length);
        }
        return bytes;
    }

    private static Set<Address> others(View view, Address self) {
        Set<Address> members = new HashSet<>(view.getMembers());
        members.remove(self);
        return members;
    }

    private static List<Set<Address>> subgroups(MergeView merge) {
        return merge.getSubgroups().stream().<Set<Address>>map(view -> new HashSet<>(view.getMembers())).toList();
    }

    private static InetAddress resolve(Endpoint bind) {
        String setting = "sandgate.cluster.host: " + bind.host();
        try {
            InetAddress address = InetAddress.getByName(bind.host());
            if (address.isAnyLocalAddress()) {
                throw new MembershipException(
                        setting + " (expected: the address of one interface, which the other replicas can reach)");
            }
            // On any free port: whether the configured one is free shows when JGroups opens it.
            try (ServerSocket trial = new ServerSocket()) {
                trial.bind(new InetSocketAddress(address, 0));
            }
            return address;
        } catch (UnknownHostException e) {
            throw new MembershipException(setting + " (expected: a host name that resolves, or an address)", e);
        } catch (IOException e) {
            throw new MembershipException(setting + " (expected: an address of this machine)", e);
        }
    }

    private static MembershipException refused(Endpoint bind, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException) {
                return new MembershipException("sandgate.cluster.port: " + bind.port() + ": " + bind
                        + " is taken by another program or may not be opened by this user (stop the other program, or set "
                        + "SANDGATE_CLUSTER_PORT to a free port, here and in SANDGATE_CLUSTER_MEMBERS of all replicas)",
                        failure);
            }
        }
        return new MembershipException("the cluster cannot be joined at " + bind + ": " + failure.getMessage(),
                failure);
    }

    /// A call that may fail with anything.
    @FunctionalInterface
    private interface Call {
        void run() throws Exception;
    }

    private static void within(Duration deadline, String name, Call call)
            throws InterruptedException, ExecutionException, TimeoutException {
        Callable<Boolean> body = () -> {
            call.run();
            return true;
        };
        FutureTask<Boolean> task = new FutureTask<>(body);
        Thread.ofVirtual().name(name).start(task);
        try {
            task.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } finally {
            task.cancel(true);
        }
    }
}
