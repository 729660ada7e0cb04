package io.sandgate.membership.trust;

/// Says which replica is meant by an address that this one connects to.
@FunctionalInterface
public interface Whereabouts {

    /// Whether the replica is the one at the address.
    boolean isAt(String id, String host, int port);
}
