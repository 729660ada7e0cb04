package io.sandgate.membership;

import io.sandgate.membership.Discovery.Dns;
import io.sandgate.membership.Discovery.Listed;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jgroups.JChannel;
import org.jgroups.conf.ProtocolConfiguration;
import org.jgroups.conf.ProtocolStackConfigurator;
import org.jgroups.protocols.MERGE3;
import org.jgroups.protocols.dns.DNS_PING;
import org.jgroups.stack.ProtocolStack;

import static java.util.Map.entry;

/// The JGroups protocols that a replica runs, from the socket upwards, with their settings.
///
/// Implementation note, on what is not the default.
/// - One port. The death of a process shows in its closed connections. `FD_SOCK2` would watch a connection of its own for
///   that, on a second port that can never be encrypted. `enable_suspect_events` uses the connections of `TCP`; measured,
///   a kill is seen as fast that way as with `FD_SOCK2`, since both wait one to two times `VERIFY_SUSPECT2.timeout`.
/// - `FD_ALL3` finds members that hang and networks that are cut, where no connection closes.
/// - `diag.enabled=false`: the diagnostics would let anyone read and change every protocol's settings.
/// - `sock_conn_timeout` and `peer_addr_read_timeout` are long enough for the handshakes of a cluster that starts at once.
/// - `bundler.use_single_sender_thread=false` sends to each member on a thread of its own. With one thread for all, each
///   connect to a member that is cut off holds up what goes to the others for `sock_conn_timeout`. Measured with two of
///   five cut off: the three others heard each other's heartbeats up to 4.7 s apart, and 1.0 s apart this way.
/// - TLS is not a setting of the stack: [TrustedWire] gives the transport its sockets.
/// - `max_length` bounds the frames that a replica takes in; the default is no bound.
/// - `xmit_interval` is half a heartbeat: what a member said just before another one joined reaches that one only when it
///   asks for it again, after one to two of these, and what the member says next waits for it. So it is heard within two
///   heartbeats. It is not shorter, since TCP loses nothing else and a replica wakes up for it even when nothing is missing:
///   with 100 ms for both protocols, twenty times a second.
/// - `resend_last_seqno=false`: the next heartbeat shows what is missing, so no member has to say after each one that it
///   was the last.
/// - `TCPPING` has the whole list and tries no further ports: members that are on nobody's list can end in halves that
///   never become one cluster. `DNS_PING` asks with each look, so that it finds who was not there before.
/// - `async_discovery_use_separate_thread_per_request`: an address where nobody answers, such as that of a pod that has
///   gone, holds up nobody else's question.
/// - While all listed members are in the view, [MergePace] makes `MERGE3` look for others more rarely.
/// - `max_join_attempts` is small, so that a replica that finds members which do not let it in starts alone, and `MERGE3`
///   joins the two later; until then it is outside for the [Entrance].
/// - `join_timeout` is over at once where the list names nobody else: nobody could answer.
final class GroupStack implements ProtocolStackConfigurator {
    /// Join attempts with a discovery and an answer each.
    private static final int JOIN_ATTEMPTS = 5;
    /// However rare the heartbeats are: joining and merging wait for lost messages too.
    private static final Duration LONGEST_ASK_AGAIN = Duration.ofMillis(500);
    /// The shortest wait that JGroups knows.
    private static final Duration NO_TIME = Duration.ofMillis(1);

    private final List<ProtocolConfiguration> protocols;

    private GroupStack(List<ProtocolConfiguration> protocols) {
        this.protocols = protocols;
    }

    /// What holds for the whole process; later calls change nothing.
    static void prepare() {
        QuietLog.install();
        RestrictedObjectMessage.enforce();
    }

    /// A channel that is not connected.
    ///
    /// @param bind the resolved address of `settings.bind()`
    /// @param approach hears what DNS says
    static JChannel channel(ClusterSettings settings, Wire wire, InetAddress bind, Approach approach) throws Exception {
        prepare();
        JChannel channel = new JChannel(new GroupStack(protocols(settings, bind)));
        wire.prepare(channel);
        if (settings.discovery() instanceof Listed listed) {
            MERGE3 merge = channel.getProtocolStack().findProtocol(MERGE3.class);
            channel.getProtocolStack().insertProtocol(
                    new MergePace(merge, listed.members().size(), settings.timers()),
                    ProtocolStack.Position.ABOVE, MERGE3.class);
        }
        DNS_PING ping = channel.getProtocolStack().findProtocol(DNS_PING.class);
        if (ping != null && settings.discovery() instanceof Dns dns) {
            // the one that it made itself has opened nothing yet
            ping.setDNSResolver(new DnsLookup(dns, settings.bind().port(), approach));
        }
        return channel;
    }

    private static List<ProtocolConfiguration> protocols(ClusterSettings settings, InetAddress bind) {
        ClusterTimers timers = settings.timers();
        return List.of(
                protocol("TCP", Map.ofEntries(
                        entry("bind_addr", bind.getHostAddress()),
                        entry("bind_port", String.valueOf(settings.bind().port())),
                        entry("port_range", "0"),
                        entry("enable_suspect_events", "true"),
                        entry("sock_conn_timeout", "2s"),
                        entry("peer_addr_read_timeout", "5s"),
                        entry("max_length", "1M"),
                        entry("log_details", "false"),
                        entry("use_virtual_threads", "true"),
                        entry("bundler.use_single_sender_thread", "false"),
                        entry("diag.enabled", "false"))),
                discovery(settings.discovery()),
                protocol("MERGE3", Map.of(
                        "min_interval", millis(timers.mergeMin()), "max_interval", millis(timers.mergeMax()))),
                protocol("FD_ALL3", Map.of(
                        "timeout", millis(timers.failureTimeout()), "interval", millis(timers.failureInterval()))),
                protocol("VERIFY_SUSPECT2", Map.of("timeout", millis(timers.verify()))),
                protocol("pbcast.NAKACK2", Map.of(
                        "use_mcast_xmit", "false", "xmit_interval", askAgain(timers), "resend_last_seqno", "false")),
                protocol("UNICAST3", Map.of("xmit_interval", askAgain(timers))),
                protocol("pbcast.STABLE", Map.of()),
                protocol("pbcast.GMS", Map.of(
                        "join_timeout", millis(discoveryTime(settings)),
                        "max_join_attempts", String.valueOf(JOIN_ATTEMPTS),
                        "merge_timeout", "3s",
                        "leave_timeout", "1s",
                        "view_ack_collection_timeout", "1s",
                        "print_local_addr", "false")),
                protocol("UFC", Map.of()),
                protocol("MFC", Map.of()),
                protocol("FRAG2", Map.of()));
    }

    private static ProtocolConfiguration discovery(Discovery discovery) {
        return switch (discovery) {
            case Listed listed -> protocol("TCPPING", Map.of(
                    "initial_hosts", hosts(listed.members()), "port_range", "0",
                    "async_discovery_use_separate_thread_per_request", "true"));
            case Dns dns -> protocol("dns.DNS_PING", Map.of(
                    "dns_query", dns.query(), "dns_record_type", dns.kind().name(),
                    "async_discovery_use_separate_thread_per_request", "true"));
        };
    }

    private static ProtocolConfiguration protocol(String name, Map<String, String> properties) {
        return new ProtocolConfiguration(name, properties);
    }

    private static Duration discoveryTime(ClusterSettings settings) {
        boolean alone = settings.discovery() instanceof Listed listed
                && listed.members().stream().allMatch(settings.bind()::equals);
        return alone ? NO_TIME : settings.timers().discovery();
    }

    private static String askAgain(ClusterTimers timers) {
        long half = timers.heartbeat().toMillis() / 2;
        return String.valueOf(Math.clamp(half, 1, LONGEST_ASK_AGAIN.toMillis()));
    }

    private static String millis(Duration duration) {
        return String.valueOf(duration.toMillis());
    }

    private static String hosts(List<Endpoint> members) {
        return members.stream().map(member -> member.host() + "[" + member.port() + "]")
                .collect(Collectors.joining(","));
    }

    @Override
    public String getProtocolStackString() {
        return protocols.stream().map(ProtocolConfiguration::getProtocolName).collect(Collectors.joining(":"));
    }

    @Override
    public List<ProtocolConfiguration> getProtocolStack() {
        return protocols;
    }
}
