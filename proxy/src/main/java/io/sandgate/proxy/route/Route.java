package io.sandgate.proxy.route;

import org.jspecify.annotations.Nullable;

/// Where a sandbox is, at one version; immutable.
///
/// Fields that are not known are the empty string, never null.
///
/// @param namespace with `name`, the key
/// @param name with `namespace`, the key
/// @param id what the data plane looks up; unique among active routes
/// @param uid one life of one sandbox: upstream connections belong to it
/// @param owner whose sandbox it is
/// @param ip an IP literal in the allowed ranges, or empty while there is none
/// @param state one of [RouteStates], or any other word
/// @param version orders the changes of this route
/// @param authority the id of the replica that alone raises the version; empty for an external feed
/// @param traffic what holds for requests to it
/// @param extra the members of the JSON object that Sandgate does not know, as `"name":value,…`; may hold secrets
public record Route(String namespace, String name, String id, String uid, String owner, String ip, String state,
        RouteVersion version, String authority, TrafficRules traffic, @Nullable String extra) {

    /// The namespace of the sandboxes that replicas themselves run.
    public static final String DEFAULT_NAMESPACE = "default";

    public Route {
        if (ip.isEmpty() && RouteStates.hasAddress(state)) {
            state = RouteStates.CREATING;
        }
    }

    /// The key of this route.
    public RouteKey key() {
        return new RouteKey(namespace, name);
    }

    /// Whether requests may be forwarded to it.
    public boolean isRunning() {
        return state.equals(RouteStates.RUNNING);
    }

    /// Whether it says that the sandbox is gone.
    public boolean isDead() {
        return state.equals(RouteStates.DEAD);
    }

    /// This route at another version.
    public Route at(RouteVersion next) {
        return new Route(namespace, name, id, uid, owner, ip, state, next, authority, traffic, extra);
    }

    /// The deletion of this route by another authority, at a version.
    public Route dead(RouteVersion at, String by) {
        return new Route(namespace, name, id, uid, owner, ip, RouteStates.DEAD, at, by, traffic, extra);
    }

    /// The deletion of this route at a version.
    public Route dead(RouteVersion at) {
        return new Route(namespace, name, id, uid, owner, ip, RouteStates.DEAD, at, authority, traffic, extra);
    }

    /// What fits a log line: no field that may hold a secret.
    @Override
    public String toString() {
        return "Route[" + namespace + "/" + name + " id=" + id + " uid=" + uid + " ip=" + ip + " state=" + state
                + " version=" + version + " authority=" + authority + "]";
    }
}
