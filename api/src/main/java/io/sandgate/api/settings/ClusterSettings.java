package io.sandgate.api.settings;

import io.sandgate.membership.ClusterTimers;
import io.sandgate.membership.Discovery.Dns;
import io.sandgate.membership.Endpoint;
import io.sandgate.membership.trust.TrustFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// How replicas find each other.
///
/// @param name replicas of another name are not joined
/// @param host what the cluster listener binds
/// @param port of the cluster listener
/// @param discovery how the members are found
/// @param members the cluster listeners of all replicas, for static discovery; none for a cluster of one
/// @param dns the name that is asked for, for the other two
/// @param secret what all replicas of the cluster share, when configured
/// @param tls the operator's own certificates, when configured; they are used instead of the secret
/// @param joinTimeout after how long a replica that is not in its cluster says so in the log
/// @param timers how often members speak, and how long they wait for each other
public record ClusterSettings(String name, String host, int port, Discovery discovery, List<Endpoint> members,
        Optional<Dns> dns, Optional<Secret> secret, Optional<TrustFiles> tls, Duration joinTimeout,
        ClusterTimers timers) {

    /// How members are found.
    public enum Discovery {
        /// From a list in the settings.
        STATIC,
        /// From a name in DNS.
        DNS,
        /// From the name of a headless service of the own namespace.
        KUBERNETES
    }

    private static final String KUBERNETES_SERVICE = "sandgate-peers";

    static final Setting<String> NAME = Setting.of("cluster.name",
            Type.text("1-63 letters, digits, dots, dashes or underscores",
                    Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}")),
            "sandgate", "Name of the cluster; replicas of different names never join each other.");
    static final Setting<String> HOST = Setting.of("cluster.host", Type.host(), "127.0.0.1",
            "Address that the cluster listener binds, of one interface; beyond loopback it needs"
                    + " `sandgate.cluster.secret` or certificates.");
    static final Setting<Integer> PORT = Setting.of("cluster.port", Type.integer(1, 65_535), "7800",
            "Port of the cluster listener.");
    static final Setting<Discovery> DISCOVERY = Setting.of("cluster.discovery",
            Type.oneOf(List.of(Discovery.values())), "static",
            "How the members of the cluster are found: from the list `sandgate.cluster.members`, from the name"
                    + " `sandgate.cluster.dns-query` in DNS, or from a headless service of Kubernetes, which is the"
                    + " same with a name that has a default.");
    static final Setting<List<Endpoint>> MEMBERS = Setting.of("cluster.members", Type.endpoints(), "",
            "Cluster listeners of all replicas, for static discovery; none for a cluster of one.");
    static final Setting<String> DNS_QUERY = Setting.optional("cluster.dns-query",
            Type.text("a name in DNS of at most 253 letters, digits, dots, dashes and underscores",
                    Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9._-]{0,252})")),
            KUBERNETES_SERVICE + " with kubernetes, none with dns",
            "Name in DNS that stands for the cluster listeners of all replicas, asked again with each look for others."
                    + " It should hold replicas that are not ready, or none could start.");
    static final Setting<Dns.Kind> DNS_RECORD = Setting.of("cluster.dns-record",
            Type.oneOf(List.of(Dns.Kind.values())), "a",
            "What is asked for: addresses, whose cluster listeners all have the port `sandgate.cluster.port`, or"
                    + " services, whose ports are in the answer.");
    static final Setting<Endpoint> DNS_SERVER = Setting.optional("cluster.dns-server", Type.endpoint(),
            "those of the machine", "The only DNS server that is asked.");
    static final Setting<Secret> SECRET = Setting.secret("cluster.secret", Type.secret(16),
            "Secret that all replicas of the cluster share: with it, traffic between them is mutual TLS 1.3 and nothing"
                    + " else.");
    static final Setting<Path> TLS_CERTIFICATE = Setting.optional("cluster.tls-certificate", Type.path(), "none",
            "PEM file with this replica's own certificate and those between it and an authority, used instead of"
                    + " `sandgate.cluster.secret`; it names the replica by the URI `sandgate://replica/<replica id>`."
                    + " Read again when it changes.");
    static final Setting<Path> TLS_KEY = Setting.optional("cluster.tls-key", Type.path(), "none",
            "PEM file with the private key of `sandgate.cluster.tls-certificate`, not encrypted.");
    static final Setting<Path> TLS_CA = Setting.optional("cluster.tls-ca", Type.path(), "none",
            "PEM file with the authorities whose certificates are believed.");
    static final Setting<Duration> JOIN_TIMEOUT = time("join-timeout", "10s",
            "After how long a replica that is not let into its cluster says so in the log. It goes on trying, and is not"
                    + " ready until it is in, or nobody listens any more where the members would be.");
    static final Setting<Duration> HEARTBEAT = time("heartbeat", "1s",
            "Time between two announcements of the same member.");
    static final Setting<Duration> DISCOVERY_TIMEOUT = time("discovery-timeout", "1s",
            "How long a starting replica waits for answers from the listed members.");
    static final Setting<Duration> FAILURE_TIMEOUT = time("failure-timeout", "8s",
            "After how long a silent member is suspected; a dead process is noticed sooner, by its connections.");
    static final Setting<Duration> FAILURE_INTERVAL = time("failure-interval", "2s",
            "Time between two signs of life.");
    static final Setting<Duration> VERIFY_TIMEOUT = time("verify-timeout", "500ms",
            "How long a suspected member has to contradict; a dead one is removed after one to two of these.");
    static final Setting<Duration> MERGE_MIN = time("merge-min", "1s",
            "Shortest time between two looks for other halves of the cluster.");
    static final Setting<Duration> MERGE_MAX = time("merge-max", "2s",
            "Longest time between two looks for other halves of the cluster.");
    static final Setting<Duration> ROUTABLE_TIMEOUT = time("routable-timeout", "5s",
            "A member that said nothing healthy for longer is not given traffic; more than two heartbeats.");
    static final Setting<Duration> DEAD_TIMEOUT = time("dead-timeout", "60s",
            "A member that said nothing healthy for longer is dead, and what it owned is cleared; more than two "
                    + "routable timeouts.");
    static final List<Setting<?>> ALL = List.of(NAME, HOST, PORT, DISCOVERY, MEMBERS, DNS_QUERY, DNS_RECORD, DNS_SERVER,
            SECRET, TLS_CERTIFICATE, TLS_KEY, TLS_CA, JOIN_TIMEOUT, HEARTBEAT, DISCOVERY_TIMEOUT, FAILURE_TIMEOUT,
            FAILURE_INTERVAL, VERIFY_TIMEOUT,
            MERGE_MIN,
            MERGE_MAX, ROUTABLE_TIMEOUT, DEAD_TIMEOUT);

    private static Setting<Duration> time(String name, String standard, String meaning) {
        return Setting.of("cluster." + name, Type.duration("10ms", "1h"), standard, meaning);
    }

    static ClusterSettings from(Values values) {
        Duration interval = values.get(FAILURE_INTERVAL);
        if (values.get(FAILURE_TIMEOUT).compareTo(interval) <= 0) {
            throw values.refused(FAILURE_TIMEOUT, "more than " + FAILURE_INTERVAL.fullName());
        }
        if (values.get(MERGE_MAX).compareTo(values.get(MERGE_MIN)) <= 0) {
            throw values.refused(MERGE_MAX, "more than " + MERGE_MIN.fullName());
        }
        if (values.get(JOIN_TIMEOUT).compareTo(values.get(DISCOVERY_TIMEOUT)) <= 0) {
            throw values.refused(JOIN_TIMEOUT, "more than " + DISCOVERY_TIMEOUT.fullName());
        }
        if (values.get(ROUTABLE_TIMEOUT).compareTo(twice(values.get(HEARTBEAT))) <= 0) {
            throw values.refused(ROUTABLE_TIMEOUT, "more than twice " + HEARTBEAT.fullName());
        }
        if (values.get(DEAD_TIMEOUT).compareTo(twice(values.get(ROUTABLE_TIMEOUT))) <= 0) {
            throw values.refused(DEAD_TIMEOUT, "more than twice " + ROUTABLE_TIMEOUT.fullName());
        }
        ClusterTimers timers = new ClusterTimers(values.get(HEARTBEAT), values.get(DISCOVERY_TIMEOUT),
                values.get(FAILURE_TIMEOUT), interval, values.get(VERIFY_TIMEOUT), values.get(MERGE_MIN),
                values.get(MERGE_MAX), values.get(ROUTABLE_TIMEOUT), values.get(DEAD_TIMEOUT));
        Discovery discovery = values.get(DISCOVERY);
        return new ClusterSettings(values.get(NAME), values.get(HOST), values.get(PORT), discovery,
                members(discovery, values), dns(discovery, values), values.find(SECRET), tls(values),
                values.get(JOIN_TIMEOUT), timers);
    }

    /// By a sum: a product of durations is computed in decimals, which take a start longer to load than all other checks.
    private static Duration twice(Duration time) {
        return time.plus(time);
    }

    private static List<Endpoint> members(Discovery discovery, Values values) {
        List<Endpoint> members = values.get(MEMBERS);
        if (discovery != Discovery.STATIC && !members.isEmpty()) {
            throw values.refused(MEMBERS,
                    "nothing, or " + DISCOVERY.fullName() + "=static; the members are found in DNS");
        }
        return members;
    }

    private static Optional<Dns> dns(Discovery discovery, Values values) {
        Optional<String> query = values.find(DNS_QUERY);
        Dns.Kind kind = values.get(DNS_RECORD);
        Optional<Endpoint> server = values.find(DNS_SERVER);
        if (discovery == Discovery.STATIC) {
            String needed = "nothing, or " + DISCOVERY.fullName() + "=dns";
            if (query.isPresent()) {
                throw values.refused(DNS_QUERY, needed);
            }
            if (kind != Dns.Kind.A) {
                throw values.refused(DNS_RECORD, needed);
            }
            if (server.isPresent()) {
                throw values.refused(DNS_SERVER, needed);
            }
            return Optional.empty();
        }
        if (discovery == Discovery.KUBERNETES) {
            if (LoopbackRules.isLoopback(values.get(HOST))) {
                throw values.refused(HOST, "the address of the pod, which the other pods reach (status.podIP); needed"
                        + " because of " + DISCOVERY.fullName() + "=kubernetes");
            }
            return Optional.of(new Dns(query.orElse(KUBERNETES_SERVICE), kind, server));
        }
        return Optional.of(new Dns(query.orElseThrow(() -> values.refused(DNS_QUERY,
                DNS_QUERY.type().allowed() + "; needed because of " + DISCOVERY.fullName() + "=dns")), kind, server));
    }

    private static Optional<TrustFiles> tls(Values values) {
        List<Setting<Path>> settings = List.of(TLS_CERTIFICATE, TLS_KEY, TLS_CA);
        List<Path> paths = settings.stream().map(values::find).flatMap(Optional::stream).toList();
        if (paths.isEmpty()) {
            return Optional.empty();
        }
        for (Setting<Path> setting : settings) {
            if (values.find(setting).isEmpty()) {
                throw values.refused(setting, "a path; certificate, key and ca are needed together");
            }
        }
        return Optional.of(new TrustFiles(paths.get(0), paths.get(1), paths.get(2)));
    }

    /// Whether replicas prove to each other who they are.
    public boolean isTrusted() {
        return secret.isPresent() || tls.isPresent();
    }
}
