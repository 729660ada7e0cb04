package io.sandgate.api.settings;

import io.sandgate.membership.ClusterTimers;
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
/// @param members the cluster listeners of all replicas; none for a cluster of one
/// @param secret what all replicas of the cluster share, when configured
/// @param tls the operator's own certificates, when configured; they are used instead of the secret
/// @param joinTimeout how long the join of a cluster may take
/// @param timers how often members speak, and how long they wait for each other
public record ClusterSettings(String name, String host, int port, Discovery discovery, List<Endpoint> members,
        Optional<Secret> secret, Optional<TrustFiles> tls, Duration joinTimeout, ClusterTimers timers) {

    /// How members are found.
    public enum Discovery {
        /// From a list in the settings.
        STATIC
    }

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
            Type.oneOf(List.of(Discovery.values())).described("static; this version has no dns and no kubernetes"),
            "static", "How the members of the cluster are found.");
    static final Setting<List<Endpoint>> MEMBERS = Setting.of("cluster.members", Type.endpoints(), "",
            "Cluster listeners of all replicas, for static discovery; none for a cluster of one.");
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
    static final Setting<Duration> JOIN_TIMEOUT = time("join-timeout", "30s",
            "How long the join of a cluster may take.");
    static final Setting<Duration> HEARTBEAT = time("heartbeat", "1s",
            "Time between two announcements of the same member.");
    static final Setting<Duration> DISCOVERY_TIMEOUT = time("discovery-timeout", "1s",
            "How long a starting replica waits for answers from the listed members.");
    static final Setting<Duration> FAILURE_TIMEOUT = time("failure-timeout", "8s",
            "After how long a silent member is suspected; a dead process is noticed sooner, by its connections.");
    static final Setting<Duration> FAILURE_INTERVAL = time("failure-interval", "2s",
            "Time between two signs of life.");
    static final Setting<Duration> VERIFY_TIMEOUT = time("verify-timeout", "1s",
            "How long a suspected member has to contradict; a dead one is removed after one to two of these.");
    static final Setting<Duration> MERGE_MIN = time("merge-min", "1s",
            "Shortest time between two looks for other halves of the cluster.");
    static final Setting<Duration> MERGE_MAX = time("merge-max", "4s",
            "Longest time between two looks for other halves of the cluster.");
    static final Setting<Duration> ROUTABLE_TIMEOUT = time("routable-timeout", "5s",
            "A member that said nothing healthy for longer is not given traffic; more than two heartbeats.");
    static final Setting<Duration> DEAD_TIMEOUT = time("dead-timeout", "60s",
            "A member that said nothing healthy for longer is dead, and what it owned is cleared; more than two "
                    + "routable timeouts.");
    static final List<Setting<?>> ALL = List.of(NAME, HOST, PORT, DISCOVERY, MEMBERS, SECRET, TLS_CERTIFICATE, TLS_KEY,
            TLS_CA, JOIN_TIMEOUT, HEARTBEAT, DISCOVERY_TIMEOUT, FAILURE_TIMEOUT, FAILURE_INTERVAL, VERIFY_TIMEOUT,
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
        if (values.get(ROUTABLE_TIMEOUT).compareTo(values.get(HEARTBEAT).multipliedBy(2)) <= 0) {
            throw values.refused(ROUTABLE_TIMEOUT, "more than twice " + HEARTBEAT.fullName());
        }
        if (values.get(DEAD_TIMEOUT).compareTo(values.get(ROUTABLE_TIMEOUT).multipliedBy(2)) <= 0) {
            throw values.refused(DEAD_TIMEOUT, "more than twice " + ROUTABLE_TIMEOUT.fullName());
        }
        ClusterTimers timers = new ClusterTimers(values.get(HEARTBEAT), values.get(DISCOVERY_TIMEOUT),
                values.get(FAILURE_TIMEOUT), interval, values.get(VERIFY_TIMEOUT), values.get(MERGE_MIN),
                values.get(MERGE_MAX), values.get(ROUTABLE_TIMEOUT), values.get(DEAD_TIMEOUT));
        return new ClusterSettings(values.get(NAME), values.get(HOST), values.get(PORT), values.get(DISCOVERY),
                values.get(MEMBERS), values.find(SECRET), tls(values), values.get(JOIN_TIMEOUT), timers);
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
