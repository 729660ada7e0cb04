package io.sandgate.membership;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.membership.trust.PeerSockets;
import io.sandgate.membership.trust.RefusalReason;
import io.sandgate.membership.trust.Trust;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.JChannel;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.sandgate.membership.Cluster.awaitMembers;
import static io.sandgate.membership.Cluster.settings;
import static io.sandgate.membership.Members.member;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/// Who gets into a cluster under mutual TLS, and who does not.
class TrustedClusterTest {
    private static final String SECRET = "the secret of this cluster";

    @RegisterExtension
    private final Cluster cluster = new Cluster();

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private List<Endpoint> all = List.of();

    @BeforeEach
    void chooseEndpoints() throws IOException {
        all = Cluster.endpoints(3);
    }

    @Test
    void replicas_ofOneSecret_formACluster() {
        Membership first = replica(0, "r0");
        Membership second = replica(1, "r1");

        awaitMembers(first, "r0", "r1");
        awaitMembers(second, "r0", "r1");
        assertThat(registry.find("sandgate.trust.refused").counters()).allSatisfy(
                counter -> assertThat(counter.count()).as(counter.getId().toString()).isZero());
    }

    @Test
    void replica_withoutTls_staysAlone() {
        Membership first = replica(0, "r0");
        Membership plain = cluster.closing(JGroupsMembership.join(settings(all.get(1), all), Optional.empty(),
                member("r1", 1), Cluster.ANSWERS, () -> RouteSummary.NONE, new SimpleMeterRegistry()));

        await().until(() -> refused(RefusalReason.NOT_TLS) > 0);
        awaitOutside(plain);
        assertApart(first, "r0", plain, "r1");
    }

    @Test
    void replica_ofAnotherSecret_staysAlone() {
        Membership first = replica(0, "r0");
        Membership other = cluster.closing(JGroupsMembership.join(settings(all.get(1), all),
                Optional.of(trust("another secret of a cluster", "r1", new SimpleMeterRegistry())), member("r1", 1),
                Cluster.ANSWERS, () -> RouteSummary.NONE, new SimpleMeterRegistry()));

        await().until(() -> refused(RefusalReason.FOREIGN_AUTHORITY) > 0);
        awaitOutside(other);
        assertApart(first, "r0", other, "r1");
        first.close();
        Cluster.in(other);
    }

    @ParameterizedTest
    @ValueSource(longs = {-3650, 730})
    void replica_whoseClockIsYearsAway_staysOutsideUntilItIsSet(long days) {
        Membership first = replica(0, "r0");
        AtomicReference<Duration> off = new AtomicReference<>(Duration.ofDays(days));
        Trust astray = cluster.closing(Trust.ofSecret(SECRET, "r1", () -> Instant.now().plus(off.get()),
                new SecureRandom(), new SimpleMeterRegistry()));
        Membership other = cluster.closing(JGroupsMembership.join(settings(all.get(1), all), Optional.of(astray),
                member("r1", 1), Cluster.ANSWERS, () -> RouteSummary.NONE, new SimpleMeterRegistry()));
        await().until(() -> refused(RefusalReason.OUT_OF_DATE) > 0);
        awaitOutside(other);
        assertApart(first, "r0", other, "r1");

        off.set(Duration.ZERO);

        Cluster.in(other);
        awaitMembers(first, "r0", "r1");
    }

    private void awaitOutside(Membership replica) {
        await().until(() -> replica.outsideBecause()
                .startsWith("it is not let into the cluster: " + all.getFirst() + " answered and did not take it in"));
        assertThat(replica.joined().toCompletableFuture()).isNotDone();
    }

    @Test
    void replica_thatAnnouncesItselfUnderAnothersId_isNotSeen() {
        Membership first = replica(0, "r0");
        cluster.closing(JGroupsMembership.join(settings(all.get(1), all),
                Optional.of(trust(SECRET, "rogue", new SimpleMeterRegistry())), member("r1", 1), Cluster.ANSWERS,
                () -> RouteSummary.NONE, new SimpleMeterRegistry()));

        await().until(() -> refused(RefusalReason.WRONG_ID) > 0);
        assertThat(first.members()).extracting(Member::id).containsExactly("r0");
    }

    @Test
    void announcement_ofAnother_thatIsSentAgainFromElsewhere_hasNoEffect() throws Exception {
        Membership first = replica(0, "r0");
        JChannel rogue = rogue(trust(SECRET, "rogue", new SimpleMeterRegistry()));
        TrustedWire victim = new TrustedWire(trust(SECRET, "r1", new SimpleMeterRegistry()));
        byte[] announcement = AnnouncementCodec.encode(new Announcement(member("r1", 1), 1, RouteSummary.NONE));

        rogue.send(new BytesMessage(null, victim.wrap(announcement, first(rogue))));
        rogue.send(new BytesMessage(null, announcement));

        await().until(() -> refused(RefusalReason.NO_PROOF) == 2);
        assertThat(first.members()).extracting(Member::id).containsExactly("r0");
    }

    @Test
    void strangersOnTheClusterPort_areClosedAndDoNoHarm() throws Exception {
        Membership first = replica(0, "r0");
        try (Socket socket = new Socket(all.getFirst().host(), all.getFirst().port())) {
            OutputStream out = socket.getOutputStream();
            out.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            await().until(() -> refused(RefusalReason.NOT_TLS) == 1);
        }

        replica(1, "r1");

        awaitMembers(first, "r0", "r1");
    }

    @Test
    void stack_underTls_hasNoDiagnosticsAndNoSecondPort() throws Exception {
        JChannel channel = rogue(trust(SECRET, "r1", new SimpleMeterRegistry()));

        assertThat(channel.getProtocolStack().getTransport().getDiagnosticsHandler().isEnabled()).isFalse();
        assertThat(channel.getProtocolStack().getProtocols())
                .allSatisfy(protocol -> assertThat(protocol.getSocketFactory()).isInstanceOf(TrustedSockets.class))
                .noneMatch(protocol -> protocol.getName().startsWith("FD_SOCK"));
    }

    @Test
    void channel_thatLostItsTrustedSockets_isNotUsed() throws Exception {
        TrustedWire wire = new TrustedWire(trust(SECRET, "r1", new SimpleMeterRegistry()));
        JChannel plain = cluster
                .closing(GroupStack.channel(settings(all.get(1), all), Wire.PLAIN, loopback(), Cluster.approach()));

        assertThatThrownBy(() -> wire.requirePrepared(plain)).isInstanceOf(MembershipException.class)
                .hasMessageContaining("sockets without mutual TLS");
    }

    @Test
    void datagram_underTls_isNotGiven() {
        TrustedSockets sockets = new TrustedSockets(new PeerSockets(trust(SECRET, "r1", new SimpleMeterRegistry())));

        assertThatThrownBy(() -> sockets.createDatagramSocket("diagnostics")).hasMessageContaining("would be plain");
        assertThatThrownBy(() -> sockets.createMulticastSocket("discovery")).hasMessageContaining("would be plain");
    }

    private Membership replica(int index, String id) {
        return Cluster.in(cluster
                .closing(JGroupsMembership.join(settings(all.get(index), all), Optional.of(trust(SECRET, id, registry)),
                        member(id, 1), Cluster.ANSWERS, () -> RouteSummary.NONE, new SimpleMeterRegistry())));
    }

    private Trust trust(String secret, String id, SimpleMeterRegistry meters) {
        return cluster.closing(Trust.ofSecret(secret, id, InstantSource.system(), new SecureRandom(), meters));
    }

    /// A member of the group that says what the test wants.
    private JChannel rogue(Trust trust) throws Exception {
        JChannel channel = cluster
                .closing(GroupStack.channel(settings(all.getLast(), all), new TrustedWire(trust), loopback(),
                        Cluster.approach()));
        channel.connect("test");
        return channel;
    }

    private static Address first(JChannel channel) {
        return channel.getView().getMembers().getFirst();
    }

    private static InetAddress loopback() {
        return InetAddress.getLoopbackAddress();
    }

    private static void assertApart(Membership first, String firstId, Membership second, String secondId) {
        assertThat(first.members()).extracting(Member::id).containsExactly(firstId);
        assertThat(second.members()).extracting(Member::id).containsExactly(secondId);
        assertThat(first.unannounced()).isZero();
        assertThat(second.unannounced()).isZero();
    }

    private double refused(RefusalReason reason) {
        return registry.get("sandgate.trust.refused").tag("reason", reason.tag()).counters().stream()
                .mapToDouble(counter -> counter.count()).sum();
    }
}
