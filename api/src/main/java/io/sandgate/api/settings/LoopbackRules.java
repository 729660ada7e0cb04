package io.sandgate.api.settings;

import io.sandgate.membership.Endpoint;
import java.net.InetAddress;

/// What a listener beyond loopback needs: its secret, or for traffic between replicas the cluster's secret or certificates.
final class LoopbackRules {

    private LoopbackRules() {}

    static void check(Settings settings, Values values) {
        ClusterSettings cluster = settings.cluster();
        needsTrust(cluster, settings.peer().host(), PeerListener.HOST);
        settings.peer().advertise().map(Endpoint::host)
                .ifPresent(host -> needsTrust(cluster, host, PeerListener.ADVERTISE));
        needsTrust(cluster, cluster.host(), ClusterSettings.HOST);
        cluster.members().forEach(member -> needsTrust(cluster, member.host(), ClusterSettings.MEMBERS));
        cluster.dns().ifPresent(dns -> needsTrust(cluster, dns.query(), ClusterSettings.DNS_QUERY));
        if (isEvery(settings.peer().host()) && settings.peer().advertise().isEmpty()) {
            throw values.refused(PeerListener.ADVERTISE, "host:port that the other replicas reach; needed because "
                    + PeerListener.HOST.fullName() + "=" + settings.peer().host() + " is every address");
        }
        needs(settings.publicListener().host(), PublicListener.HOST, !settings.api().keys().isEmpty(), ApiAccess.KEYS);
        needs(settings.admin().host(), AdminListener.HOST, settings.admin().token().isPresent(), AdminListener.TOKEN);
    }

    private static void needsTrust(ClusterSettings cluster, String host, Setting<?> setting) {
        needs(host, setting, cluster.isTrusted(), ClusterSettings.SECRET);
    }

    private static void needs(String host, Setting<?> listener, boolean secured, Setting<?> secret) {
        if (!isLoopback(host) && !secured) {
            throw new SettingsException(secret.fullName() + ": not set (expected: " + secret.type().allowed()
                    + "; needed because " + listener.fullName() + "=" + host + " is not loopback)");
        }
    }

    /// Whether only this machine can reach the host. A name other than localhost could mean anything.
    static boolean isLoopback(String host) {
        if (host.equalsIgnoreCase("localhost")) {
            return true;
        }
        try {
            return InetAddress.ofLiteral(host).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isEvery(String host) {
        try {
            return InetAddress.ofLiteral(host).isAnyLocalAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
