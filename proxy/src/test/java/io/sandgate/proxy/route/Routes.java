package io.sandgate.proxy.route;

/// Routes for tests.
public final class Routes {
    public static final String AUTHORITY = "replica-1";

    private Routes() {}

    /// A running route whose id is its name, of [#AUTHORITY].
    public static Route running(String name, long version) {
        return route(name, name, version, AUTHORITY);
    }

    /// A running route.
    public static Route route(String name, String id, long version, String authority) {
        return new Route("default", name, id, "uid-" + name, "team-a", "127.77.0.9", RouteStates.RUNNING,
                RouteVersion.of(version), authority, TrafficRules.OPEN, null);
    }

    /// A key in the namespace of these routes.
    public static RouteKey key(String name) {
        return new RouteKey("default", name);
    }
}
