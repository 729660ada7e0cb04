package io.sandgate.membership;

/// What a replica says of the routes that it is the authority of. The membership carries it and does not interpret it.
///
/// @param root a sum over them in which their order does not matter
/// @param count how many they are
public record RouteSummary(long root, long count) {
    /// No routes.
    public static final RouteSummary NONE = new RouteSummary(0, 0);

    public RouteSummary {
        if (count < 0) {
            throw new IllegalArgumentException("route count: " + count + " (expected: 0 or more)");
        }
    }
}
