package io.sandgate.membership;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.membership.MembershipChange.Joined;
import io.sandgate.membership.MembershipChange.Left;
import io.sandgate.membership.MembershipChange.Merged;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jgroups.BytesMessage;
import org.jgroups.EmptyMessage;
import org.jgroups.JChannel;
import org.jgroups.ObjectMessage;
import org.jgroups.protocols.DISCARD;
import org.jgroups.protocols.TP;
import org.jgroups.stack.ProtocolStack;
import org.jgroups.util.SizeStreamable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static io.sandgate.membership.Cluster.awaitMembers;
import static io.sandgate.membership.Cluster.settings;
import static io.sandgate.membership.Members.announcement;
import static io.sandgate.membership.Members.member;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// What a replica does with strangers on its cluster port, and with members that send what no replica sends.
class ForeignTrafficTest {
    @RegisterExtension
    private final Cluster cluster = new Cluster();

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Queue<MembershipChange> heard = new ConcurrentLinkedQueue<>();
    private List<Endpoint> all = List.of();

    @BeforeEach
    void chooseEndpoints() throws IOException {
        all = Cluster.endpoints(3);
    }

    @Test
    void garbage_onTheClusterPort_doesNoHarm() throws IOException {
        Membership replica = startReplica();
        Endpoint port = all.getFirst();
        byte[] noise = new byte[100_000];
        new Random(1).nextBytes(noise);
        throwAt(port, noise);
        throwAt(port, "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        throwAt(port, new byte[0]);
        throwAt(port, new byte[]{'b', 'e', 'l', 'a'});

        cluster.join(settings(all.get(1), all), member("r1", 1));

        awaitMembers(replica, "r0", "r1");
        assertThat(heard).containsExactly(new Joined(member("r1", 1)));
    }

    @Test
    void messages_ofAMemberThatAreNoAnnouncements_areCountedAndIgnored() throws Exception {
        Membership replica = startReplica();
        JChannel rogue = rogue();
        rogue.send(new BytesMessage(null, new byte[]{1, 2, 3}));
        rogue.send(new BytesMessage(null, new byte[0]));
        rogue.send(new BytesMessage(null, new byte[200_000]));
        rogue.send(new BytesMessage(null, new byte[]{'S', 'G', AnnouncementCodec.VERSION + 1, 0}));
        rogue.send(new EmptyMessage(null));
        say(rogue, announcement(member("rogue", 1), 1));

        awaitMembers(replica, "r0", "rogue");
        assertThat(ignored(IgnoreReason.GARBAGE)).isEqualTo(3);
        assertThat(ignored(IgnoreReason.UNKNOWN_VERSION)).isEqualTo(1);
        assertThat(ignored(IgnoreReason.NOT_BYTES)).isEqualTo(1);
        assertThat(registry.get("sandgate.membership.members").gauge().value()).isEqualTo(2);
    }

    @Test
    void javaObject_fromAMember_isNeverRead() throws Exception {
        startReplica();
        double before = refused();
        JChannel rogue = rogue();

        rogue.send(new ObjectMessage(null, new Trap()));

        await().until(() -> refused() > before);
        assertThat(Trap.SPRUNG).hasValue(0);
    }

    @Test
    void announcement_thatWasLost_isSentAgain() throws Exception {
        Membership replica = startReplica();
        JChannel other = rogue();
        DISCARD lossy = new DISCARD();
        other.getProtocolStack().insertProtocol(lossy, ProtocolStack.Position.ABOVE, TP.class);
        lossy.dropDownMulticasts(1);

        say(other, announcement(member("lost", 1), 1));
        say(other, announcement(member("other", 1), 2));

        awaitMembers(replica, "lost", "r0");
        await().untilAsserted(() -> assertThat(ignored(IgnoreReason.CHANGED_ID)).isEqualTo(1));
    }

    @Test
    void halves_thatFindEachOtherAgain_areReportedAsMerged() throws Exception {
        Membership replica = startReplica();
        JChannel other = rogue();
        say(other, announcement(member("other", 1), 1));
        awaitMembers(replica, "other", "r0");

        DISCARD cut = new DISCARD().discardAll(true);
        other.getProtocolStack().insertProtocol(cut, ProtocolStack.Position.ABOVE, TP.class);
        awaitMembers(replica, "r0");
        await().until(() -> other.getView().size() == 1);
        cut.discardAll(false);
        await().until(() -> other.getView().size() == 2);
        say(other, announcement(member("other", 1), 2));

        awaitMembers(replica, "other", "r0");
        await().untilAsserted(() -> assertThat(heard).containsExactly(new Joined(member("other", 1)),
                new Left(member("other", 1)), new Joined(member("other", 1)), new Merged(member("other", 1))));
    }

    private Membership startReplica() {
        Membership replica = cluster.join(settings(all.getFirst(), all), member("r0", 1), Cluster.ANSWERS, registry);
        replica.onChange(heard::add);
        return replica;
    }

    /// A member of the group that says what the test wants.
    private JChannel rogue() throws Exception {
        Endpoint bind = all.getLast();
        JChannel channel = cluster
                .closing(GroupStack.channel(settings(bind, all), Wire.PLAIN, InetAddress.getByName(bind.host()),
                        Cluster.approach()));
        channel.connect("test");
        await().until(() -> channel.getView().size() == 2);
        return channel;
    }

    private static void say(JChannel channel, Announcement announcement) throws Exception {
        channel.send(new BytesMessage(null, AnnouncementCodec.encode(announcement)));
    }

    private static void throwAt(Endpoint port, byte[] bytes) throws IOException {
        try (Socket socket = new Socket(port.host(), port.port())) {
            OutputStream out = socket.getOutputStream();
            out.write(bytes);
        } catch (SocketException e) {
            assertThat(e).as("the other side may close before all is sent").hasMessageMatching("(?s).*(reset|pipe).*");
        }
    }

    private double ignored(IgnoreReason reason) {
        return registry.counter("sandgate.membership.ignored", "reason", reason.tag()).count();
    }

    private double refused() {
        return registry.get("sandgate.membership.objects.refused").functionCounter().count();
    }

    /// An object that notices when it is read from the network.
    public static final class Trap implements SizeStreamable {
        static final AtomicInteger SPRUNG = new AtomicInteger();

        @Override
        public int serializedSize() {
            return 1;
        }

        @Override
        public void writeTo(DataOutput out) throws IOException {
            out.writeByte(1);
        }

        @Override
        public void readFrom(DataInput in) throws IOException {
            SPRUNG.incrementAndGet();
            in.readByte();
        }
    }
}
