package io.sandgate.api.e2b;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.membership.Member;
import io.sandgate.membership.Membership;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteTable;
import io.vertx.core.Future;
import java.time.Duration;
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
    private final PeerClient peers;
    private final Duration deadline;
    private final Counter ownerless;

    OwnerCalls(E2bServices services, PeerClient peers, Duration deadline) {
        this.routes = services.routes();
        this.lookup = services.lookup();
        this.membership = services.membership();
        this.peers = peers;
        this.deadline = deadline;
        this.ownerless = ownerless(services.meters());
    }

    private static Counter ownerless(MeterRegistry meters) {
        return Counter.builder("sandgate.api.forwards.ownerless")
                .description("calls on sandboxes whose owner is no member").register(meters);
    }

    Future<Reply> call(String id, SandboxEndpoint endpoint, ApiRequest request) {
        Route known = routes.find(id);
        return (known != null ? Future.<@Nullable Route>succeededFuture(known) : ask(id, request))
                .compose(route -> forward(id, route, endpoint, request));
    }

    private Future<@Nullable Route> ask(String id, ApiRequest request) {
        return lookup.ask(id).recover(failure -> {
            log.info("owner.unknown sandbox={} reason={} requestId={}", id, failure.getMessage(), request.requestId());
            return Future.failedFuture(ApiException.of(503,
                    "Sandbox " + id + " is not known to this replica, and the others could not be asked. Try again"));
        });
    }

    private Future<Reply> forward(String id, @Nullable Route route, SandboxEndpoint endpoint, ApiRequest request) {
        // Checked before the owner is, or the answer for a dead owner would tell that a foreign sandbox exists.
        if (route == null || !route.owner().equals(request.owner()) || route.authority().isEmpty()
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
        PeerRequest call = new PeerRequest(endpoint.method(), endpoint.path(id), request);
        return peers.send(owner.get(), call, "call", deadline).recover(failure -> {
            if (failure instanceof PeerFailure unanswered) {
                log.info("owner.unanswered sandbox={} member={} kind={} reason={} requestId={}", id, owner.get().id(),
                        unanswered.kind(), unanswered.getMessage(), request.requestId());
                return Future.failedFuture(unanswered(id, owner.get().id(), unanswered.kind()));
            }
            return Future.failedFuture(failure);
        });
    }

    private ApiException unanswered(String id, String owner, PeerFailure.Kind kind) {
        String where = "Replica " + owner + ", where sandbox " + id + " lives, ";
        return switch (kind) {
            case UNREACHABLE -> ApiException.of(503, where
                    + "cannot be reached; nothing was changed. Try again, and check that replica if it stays so");
            case BUSY ->
                ApiException.of(503, where + "has too many calls waiting; nothing was changed. Try again soon");
            case BROKEN -> ApiException.of(503,
                    where + "broke off before it answered. Look at the sandbox before trying again");
            case TIMEOUT -> ApiException.of(504, where + "did not answer within " + deadline.toMillis()
                    + " ms. The call may go on: look at the sandbox before trying again");
        };
    }
}
