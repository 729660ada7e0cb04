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
}
