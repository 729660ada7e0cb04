package io.sandgate.api.e2b;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.membership.Member;
import io.sandgate.membership.Membership;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteTable;
import io.vertx.core.Future;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Calls on sandboxes of other replicas: the route names the owner, and the owner's answer is the answer.
final class OwnerCalls {
    private static final Logger log = LoggerFactory.getLogger(OwnerCalls.class);

    private final RouteTable routes;
    private final RouteLookup lookup;
    private final Membership membership;
    private final Relay relay;
    private final Counter ownerless;

    OwnerCalls(E2bServices services, Relay relay) {
        this.routes = services.routes();
        this.lookup = services.lookup();
        this.membership = services.membership();
        this.relay = relay;
        this.ownerless = ownerless(services.meters());
    }

    private static Counter ownerless(MeterRegistry meters) {
        return Counter.builder("sandgate.api.forwards.ownerless")
                .description("calls on sandboxes whose owner is no member").register(meters);
    }

    /// @param call what the owner of the sandbox is to do
    Future<Reply> call(String id, PeerRequest call) {
        Route known = routes.find(id);
        return (known != null ? Future.<@Nullable Route>succeededFuture(known) : ask(id, call.request()))
                .compose(route -> forward(id, route, call));
    }

    private Future<@Nullable Route> ask(String id, ApiRequest request) {
        return lookup.ask(id).recover(failure -> {
            log.info("owner.unknown sandbox={} reason={} requestId={}", id, failure.getMessage(), request.requestId());
            return Future.failedFuture(ApiException.of(503,
                    "Sandbox " + id + " is not known to this replica, and the others could not be asked. Try again"));
        });
    }

    private Future<Reply> forward(String id, @Nullable Route route, PeerRequest call) {
        // Checked before the owner is, or the answer for a dead owner would tell that a foreign sandbox exists.
        if (route == null || !route.owner().equals(call.request().owner()) || route.authority().isEmpty()
                || route.authority().equals(membership.self().id())) {
            return Future.failedFuture(ApiException.noSuchSandbox(id));
        }
        Optional<Member> owner = membership.members().stream().filter(member -> member.id().equals(route.authority()))
                .findFirst();
        if (owner.isEmpty()) {
            ownerless.increment();
            return Future.failedFuture(ApiException.of(503, "Sandbox " + id + " lives on replica " + route.authority()
                    + ", which is not in the cluster now. Start that replica, or try again when it is back"));
        }
        return relay.send(owner.get(), call, "where sandbox " + id + " lives");
    }
}
