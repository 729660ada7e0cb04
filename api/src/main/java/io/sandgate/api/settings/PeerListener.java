package io.sandgate.api.settings;

import io.sandgate.membership.Endpoint;
import java.util.List;
import java.util.Optional;

/// The listener for the other replicas.
///
/// @param host what it binds
/// @param port 0 takes any free port
/// @param advertise where peers reach it, when that is not host and port
public record PeerListener(String host, int port, Optional<Endpoint> advertise) {

    static final Setting<String> HOST = Setting.of("peer.host", Type.host(), "127.0.0.1",
            "Address that the peer listener binds; beyond loopback it needs `sandgate.cluster.secret` or certificates.");
    static final Setting<Integer> PORT = Setting.of("peer.port", Type.port(), "7789", "Port of the peer listener.");
    static final Setting<Endpoint> ADVERTISE = Setting.optional("peer.advertise", Type.endpoint(),
            "<peer host>:<peer port>", "Where the other replicas reach the peer listener.");
    static final List<Setting<?>> ALL = List.of(HOST, PORT, ADVERTISE);

    static PeerListener from(Values values) {
        return new PeerListener(values.get(HOST), values.get(PORT), values.find(ADVERTISE));
    }
}
