package io.sandgate.e2e.bench;

import io.sandgate.e2e.harness.ReplicaPlan;
import java.util.LinkedHashMap;
import java.util.Map;

/// A relay in front of the peer listener of every replica, so that a good peer and a bad one are reached the same way.
final class PeerRelays implements AutoCloseable {

    private final Map<String, PeerRelay> relays = new LinkedHashMap<>();

    /// The same replica, which its peers reach through a relay of its own.
    ReplicaPlan before(ReplicaPlan plan) {
        PeerRelay relay = new PeerRelay(plan.peerPort());
        relays.put(plan.id(), relay);
        return plan.with("peer.advertise", "127.0.0.1:" + relay.port());
    }

    /// The relay of a replica.
    PeerRelay of(String replica) {
        PeerRelay relay = relays.get(replica);
        if (relay == null) {
            throw new IllegalArgumentException("no relay is in front of " + replica);
        }
        return relay;
    }

    /// Tells every relay whether to lose route changes from now on.
    void loseRefresh(boolean lose) {
        relays.values().forEach(relay -> relay.loseRefresh(lose));
    }

    @Override
    public void close() {
        relays.values().forEach(PeerRelay::close);
    }
}
