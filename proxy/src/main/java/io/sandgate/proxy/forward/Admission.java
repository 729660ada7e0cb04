package io.sandgate.proxy.forward;

import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteStates;
import org.jspecify.annotations.Nullable;

/// Whether a request may go to the sandbox that it is addressed to.
sealed interface Admission {

    /// The field that carries a sandbox's traffic token.
    String TOKEN_FIELD = "e2b-traffic-access-token";

    /// It may.
    record Forward(Route route) implements Admission {}

    /// It may not.
    record Refuse(Refusal refusal) implements Admission {}

    /// Not as far as is known here.
    record Unknown() implements Admission {
        private static final Unknown INSTANCE = new Unknown();
    }

    /// It may when the sandbox is woken.
    record Paused(Route route) implements Admission {}

    /// Decides by the route that the sandbox's id leads to.
    ///
    /// The port of the runtime needs no traffic token, since the runtime checks its callers itself.
    ///
    /// @param route the route, or null when there is none
    /// @param target what the request is addressed to
    /// @param token the traffic token that the request carries, or null
    /// @param tokens says which are good
    static Admission of(@Nullable Route route, Target.Sandbox target, @Nullable String token, TrafficTokens tokens) {
        String id = target.id();
        if (route == null) {
            return Unknown.INSTANCE;
        }
        return switch (route.state()) {
            case RouteStates.RUNNING -> allowed(route, target, token, tokens, new Forward(route));
            // what would be refused then wakes nobody
            case RouteStates.PAUSED -> allowed(route, target, token, tokens, new Paused(route));
            case RouteStates.CREATING, "pausing", "resuming", "snapshotting" ->
                refuse(409, Refusal.Reason.TRANSITIONING,
                        "The sandbox is still transitioning. Try again in a moment.", id);
            default -> refuse(502, Refusal.Reason.NOT_RUNNING, "The sandbox was not found", id);
        };
    }

    private static Admission allowed(Route route, Target.Sandbox target, @Nullable String token, TrafficTokens tokens,
            Admission admission) {
        if (ControlPaths.isReserved(target.port(), target.uri())) {
            return new Refuse(Refusal.controlPath(target.id(), target.port(), target.uri()));
        }
        boolean guarded = route.traffic().requireToken() && target.port() != ControlPaths.RUNTIME_PORT;
        return !guarded || (token != null && tokens.isGood(target.id(), token))
                ? admission
                : refuseTraffic(target.id(), token != null);
    }

    private static Admission refuseTraffic(String id, boolean hasToken) {
        return refuse(403, Refusal.Reason.TRAFFIC_TOKEN,
                hasToken
                        ? "Sandbox is secured with traffic access token. Provided token in header '" + TOKEN_FIELD
                                + "' is invalid"
                        : "Sandbox is secured with traffic access token. Token header '" + TOKEN_FIELD + "' is missing",
                id);
    }

    private static Admission refuse(int status, Refusal.Reason reason, String message, String id) {
        return new Refuse(Refusal.of(status, reason, message, id));
    }
}
