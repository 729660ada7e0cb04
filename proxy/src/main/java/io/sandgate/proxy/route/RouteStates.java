package io.sandgate.proxy.route;

/// The states of a route that Sandgate knows. Any other word is kept, passed on and not routed to.
public final class RouteStates {
    public static final String CREATING = "creating";
    public static final String AVAILABLE = "available";
    public static final String RUNNING = "running";
    public static final String PAUSED = "paused";
    /// Deletes the route when pushed with a version.
    public static final String DEAD = "dead";

    private RouteStates() {}

    /// Whether a route in a state has an address: a sandbox that has none is still being created, whatever is said of it. Of
    /// words that Sandgate does not know nothing is expected.
    static boolean hasAddress(String state) {
        return switch (state) {
            case "", AVAILABLE, RUNNING, PAUSED -> true;
            default -> false;
        };
    }
}
