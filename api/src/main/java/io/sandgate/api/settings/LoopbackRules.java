package io.sandgate.api.settings;

import io.sandgate.membership.Endpoint;
import java.net.InetAddress;

/// What a listener beyond loopback needs: its secret, or for traffic between replicas a version with TLS.
final class LoopbackRules {

    private static final String ONE_MACHINE = "a loopback address: replicas of this version run on one machine,"
            + " because their traffic is not encrypted";

    private LoopbackRules() {}

    static void check(Settings settings, Values values) {
        onlyLoopback(settings.peer().host(), PeerListener.HOST, values);
        settings.peer().advertise().map(Endpoint::host)
                .ifPresent(host -> onlyLoopback(host, PeerListener.ADVERTISE, values));
        onlyLoopback(settings.cluster().host(), ClusterSettings.HOST, values);
        settings.cluster().members().forEach(member -> onlyLoopback(member.host(), ClusterSettings.MEMBERS, values));
        needs(settings.publicListener().host(), PublicListener.HOST, !settings.api().keys().isEmpty(), ApiAccess.KEYS);
        needs(settings.admin().host(), AdminListener.HOST, settings.admin().token().isPresent(), AdminListener.TOKEN);
    }

    private static void onlyLoopback(String host, Setting<?> setting, Values values) {
        if (!isLoopback(host)) {
            throw values.refused(setting, ONE_MACHINE);
        }
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
}
