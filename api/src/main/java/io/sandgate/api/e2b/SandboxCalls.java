package io.sandgate.api.e2b;

import io.vertx.core.Future;

/// Calls on one sandbox: run here if it is here, and by its owner otherwise.
///
/// @param parser reads what the call wants, before anything is looked up
/// @param local the sandboxes of this replica
/// @param workers where local calls block
/// @param owners the sandboxes of the other replicas
record SandboxCalls(CommandParser parser, LocalSandboxes local, Workers workers, OwnerCalls owners) {

    /// The call of a client.
    ApiCall anywhere(SandboxEndpoint endpoint) {
        return request -> {
            String id = SandboxId.parse(request.pathId());
            SandboxCommand command = parser.parse(endpoint, request);
            return workers.run(() -> local.run(id, request.owner(), command)).compose(
                    reply -> reply.map(Future::succeededFuture).orElseGet(() -> owners.call(id,
                            new PeerRequest(endpoint.method(), endpoint.path(id), request))));
        };
    }

    /// The call of a peer, which takes this replica for the owner.
    ApiCall here(SandboxEndpoint endpoint) {
        return request -> {
            String id = SandboxId.parse(request.pathId());
            SandboxCommand command = parser.parse(endpoint, request);
            return workers.run(() -> local.run(id, request.owner(), command)
                    .orElseThrow(() -> ApiException.noSuchSandbox(id)));
        };
    }
}
