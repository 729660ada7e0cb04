package io.sandgate.api.e2b;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import java.util.List;

/// What a replica answers to its peers about its own sandboxes, keys and quotas. Nothing is forwarded from here.
///
/// @param exchange HTTP
/// @param gate bounds the calls of peers apart from those of clients, so that two replicas cannot block each other
/// @param sandboxes calls on one sandbox
/// @param lists lists
/// @param usage what several sandboxes use
/// @param making creates, snapshots and forks
/// @param tenancy keys and quotas
/// @param self the id of this replica
record OwnerRoutes(Exchange exchange, CallGate gate, SandboxCalls sandboxes, ListCalls lists, UsageCalls usage,
        List<ClusterEndpoint> making, Tenancy tenancy, String self) {

    Router router(Vertx vertx) {
        Router router = Router.router(vertx);
        router.route().handler(exchange::open);
        for (ListCalls.Generation generation : ListCalls.Generation.values()) {
            add(router, HttpMethod.GET, generation.path(), lists.here(generation));
        }
        add(router, HttpMethod.GET, UsageCalls.PATH, usage.here());
        for (SandboxEndpoint endpoint : SandboxEndpoint.values()) {
            add(router, endpoint.method(), endpoint.path(":id"), sandboxes.here(endpoint));
        }
        making.forEach(endpoint -> add(router, endpoint.method(), endpoint.path(), endpoint.peer()));
        tenancy.peerEndpoints().forEach(endpoint -> add(router, endpoint.method(), endpoint.path(), endpoint.call()));
        router.route().handler(exchange.fixed("none", ctx -> {
            throw ApiException.of(404, "There is no such path for replicas. Do they run different versions?");
        }));
        router.errorHandler(400, exchange::malformed).errorHandler(500, exchange::failed);
        return router;
    }

    private void add(Router router, HttpMethod method, String path, ApiCall call) {
        router.route(method, path)
                .handler(ctx -> {
                    ctx.response().putHeader(PeerRequest.REPLICA, self);
                    ctx.next();
                })
                .handler(exchange.handler(PeerRequest.PREFIX + path, PeerIdentity::caller, gate.bounded(call)));
    }
}
