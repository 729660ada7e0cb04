package io.sandgate.gateway.limit;

/// What clients may open at one replica.
///
/// @param total connections and event streams at once, of all clients; 0 for any number
/// @param address for one IPv4 address, or one /64 network of IPv6
/// @param key for one API key, with what clients open by its tickets
public record LimitSettings(int total, Limit address, Limit key) {

    /// What holds where nothing is set.
    public static final LimitSettings DEFAULT = new LimitSettings(50_000, Limit.NONE, Limit.NONE);

    public LimitSettings {
        if (total < 0) {
            throw new IllegalArgumentException("total: " + total + " (expected: 0 or more)");
        }
    }
}
