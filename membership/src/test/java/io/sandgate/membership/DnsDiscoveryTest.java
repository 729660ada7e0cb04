package io.sandgate.membership;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.membership.Discovery.Dns;
import io.sandgate.membership.Discovery.Dns.Kind;
import io.sandgate.membership.DnsServer.Mood;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jgroups.protocols.dns.DNSResolver;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static io.sandgate.membership.Cluster.awaitMembers;
import static io.sandgate.membership.Members.member;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Replicas that find each other through a DNS server of the test's own.
class DnsDiscoveryTest {
    private static final String NAME = "sandgate-peers.space.svc.test";

    @RegisterExtension
    private final Cluster cluster = new Cluster();
    @AutoClose
    private final DnsServer dns = new DnsServer();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    DnsDiscoveryTest() throws SocketException {}

    @Test
    void addresses_withOnePortForAll_formACluster_andWhoComesLaterIsFound() throws IOException {
        int port = freePort("127.0.0.1", "127.0.0.2", "127.0.0.3");
        List<Endpoint> all = List.of(new Endpoint("127.0.0.1", port), new Endpoint("127.0.0.2", port),
                new Endpoint("127.0.0.3", port));
        dns.put(NAME, all.subList(0, 2));
        Membership first = join(all.get(0), Kind.A, "r0");
        Membership second = join(all.get(1), Kind.A, "r1");
        awaitMembers(first, "r0", "r1");

        dns.put(NAME, all);
        Membership third = join(all.get(2), Kind.A, "r2");

        awaitMembers(first, "r0", "r1", "r2");
        awaitMembers(second, "r0", "r1", "r2");
        awaitMembers(third, "r0", "r1", "r2");
    }

    @Test
    void replicas_thatDidNotKnowOfEachOtherAtTheStart_mergeOnceDnsSaysSo() throws IOException {
        List<Endpoint> all = Cluster.endpoints(2);
        dns.put(NAME, all.subList(0, 1));
        Membership first = join(all.get(0), Kind.SRV, "r0");
        dns.put(NAME, all.subList(1, 2));
        Membership second = join(all.get(1), Kind.SRV, "r1");
        assertThat(second.members()).extracting(Member::id).containsExactly("r1");

        dns.put(NAME, all);

        awaitMembers(first, "r0", "r1");
        awaitMembers(second, "r0", "r1");
    }

    @Test
    void member_thatVanishesFromDns_staysForAsLongAsItLives() throws IOException {
        List<Endpoint> all = Cluster.endpoints(2);
        dns.put(NAME, all);
        Membership first = join(all.get(0), Kind.SRV, "r0");
        Membership second = join(all.get(1), Kind.SRV, "r1");
        awaitMembers(first, "r0", "r1");

        dns.put(NAME, all.subList(0, 1));
        int asked = dns.asked();
        await().until(() -> dns.asked() > asked + 3);
        assertThat(first.members()).extracting(Member::id).containsExactly("r0", "r1");
        second.close();

        awaitMembers(first, "r0");
    }

    @ParameterizedTest
    @EnumSource(value = Mood.class, names = "TRUTH", mode = EnumSource.Mode.EXCLUDE)
    void server_thatAnswersNonsenseOrNothing_keepsNobodyFromTryingOn(Mood mood) throws IOException {
        List<Endpoint> all = Cluster.endpoints(2);
        dns.put(NAME, all);
        Membership first = join(all.get(0), Kind.SRV, "r0");
        dns.answers(mood);
        Membership second = begin(all.get(1), Kind.SRV, "r1");
        await().until(() -> second.outsideBecause().startsWith("it cannot find the cluster: DNS SRV " + NAME));
        assertThat(second.joined().toCompletableFuture()).isNotDone();
        assertThat(second.members()).extracting(Member::id).containsExactly("r1");
        assertThat(registry.get("sandgate.membership.joined").gauge().value()).isZero();
        assertThat(registry.get("sandgate.membership.lookups").tag("result", "failed").counter().count()).isPositive();

        dns.answers(Mood.TRUTH);

        Cluster.in(second);
        awaitMembers(first, "r0", "r1");
        assertThat(second.outsideBecause()).isEmpty();
        assertThat(registry.get("sandgate.membership.joined").gauge().value()).isOne();
    }

    @Test
    void name_thatIsNone_isNamedUntilItIsThere() throws IOException {
        Endpoint bind = Cluster.endpoints(1).getFirst();
        Membership replica = begin(bind, Kind.A, "r0");
        await().until(() -> replica.outsideBecause().contains("DNS A " + NAME + " at " + dns.endpoint()));

        dns.put(NAME, List.of(bind));

        assertThat(Cluster.in(replica).members()).extracting(Member::id).containsExactly("r0");
    }

    @Test
    void machinesOwnResolver_isAskedWhereThereIsNoServer() throws IOException {
        Endpoint bind = Cluster.endpoints(1).getFirst();
        Approach approach = new Approach(new Dns("localhost", Kind.A, Optional.empty()), registry);

        new DnsLookup(new Dns("localhost", Kind.A, Optional.empty()), bind.port(), approach)
                .resolveIps("localhost", DNSResolver.DNSRecordType.A);

        assertThat(approach.state().listeners())
                .contains(new InetSocketAddress(InetAddress.getLoopbackAddress(), bind.port()));
        new DnsLookup(new Dns("no-such-host.invalid", Kind.A, Optional.empty()), bind.port(), approach)
                .resolveIps("no-such-host.invalid", DNSResolver.DNSRecordType.A);
        assertThat(approach.state().failure()).startsWith("no such host: no-such-host.invalid");
        assertThat(approach.state().listeners()).as("those that were found before").isNotEmpty();
    }

    private Membership join(Endpoint bind, Kind kind, String id) {
        return Cluster.in(begin(bind, kind, id));
    }

    private Membership begin(Endpoint bind, Kind kind, String id) {
        ClusterSettings settings = new ClusterSettings(bind, new Dns(NAME, kind, Optional.of(dns.endpoint())), "test",
                Duration.ofSeconds(1), Cluster.QUICK);
        SimpleMeterRegistry meters = id.equals("r1") ? registry : new SimpleMeterRegistry();
        return cluster.closing(JGroupsMembership.join(settings, Optional.empty(), member(id, 1), Cluster.ANSWERS,
                () -> RouteSummary.NONE, meters));
    }

    /// One that is free on all the addresses.
    private static int freePort(String... hosts) throws IOException {
        try (ServerSocket first = new ServerSocket(0, 1, InetAddress.getByName(hosts[0]))) {
            for (int i = 1; i < hosts.length; i++) {
                new ServerSocket(first.getLocalPort(), 1, InetAddress.getByName(hosts[i])).close();
            }
            return first.getLocalPort();
        }
    }
}
