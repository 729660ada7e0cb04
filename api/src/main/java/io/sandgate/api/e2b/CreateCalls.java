package io.sandgate.api.e2b;

import io.sandgate.sandbox.CreateSandbox;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;

/// Creates: on this replica, which becomes the owner, unless another one has the snapshot that is asked for.
///
/// @param body reads what is asked for
/// @param local the sandboxes of this replica
/// @param snapshots finds what is no template
/// @param quotas whether there is room for one more
/// @param relay passes on what is asked for elsewhere
record CreateCalls(CreateBody body, LocalSandboxes local, SnapshotFinder snapshots, QuotaGate quotas, Relay relay) {

    /// Between replicas: the id of the snapshot.
    private static final String SNAPSHOT = "snapshot";

    /// The two generations of creates.
    enum Generation {
        V1("/sandboxes", false), V2("/v2/sandboxes", true);

        private final String path;
        private final boolean second;

        Generation(String path, boolean second) {
            this.path = path;
            this.second = second;
        }

        String path() {
            return path;
        }
    }

    /// The call of a client.
    ApiCall anywhere(Generation generation) {
        return request -> {
            CreateSandbox wish = parse(generation, request);
            if (local.json().isTemplate(wish.template())) {
                return make(request, wish);
            }
            SnapshotRef ref = SnapshotRef.find(wish.template(), request.owner())
                    .orElseThrow(() -> body.unknown(wish.template()));
            return snapshots.find(request, ref, () -> body.unknown(wish.template())).compose(found -> found.keeper()
                    .map(keeper -> relay.send(keeper,
                            new PeerRequest(HttpMethod.POST, generation.path(),
                                    request.with(SNAPSHOT + "=" + found.id())),
                            "where snapshot " + found.id() + " is"))
                    .orElseGet(() -> from(request, wish, found.id())));
        };
    }

    /// The call of a peer, which takes this replica for the one with the snapshot.
    ApiCall here(Generation generation) {
        return request -> {
            String id = QueryString.parse(request.query()).first(SNAPSHOT);
            if (id == null) {
                throw ApiException.invalid(SNAPSHOT + ": (absent) (expected: the id of a snapshot)");
            }
            return from(request, parse(generation, request), id);
        };
    }

    private CreateSandbox parse(Generation generation, ApiRequest request) {
        return body.parse(request, body.timeouts().standardSeconds(generation.second), generation.second);
    }

    private Future<Reply> from(ApiRequest request, CreateSandbox wish, String id) {
        return snapshots.workers().run(() -> snapshots.local().find(request.owner(), id))
                .compose(found -> make(request, wish.from(found.orElseThrow(() -> body.unknown(wish.template())))));
    }

    private Future<Reply> make(ApiRequest request, CreateSandbox wish) {
        return quotas.within(request.caller(), local.json().size(wish.template()),
                claim -> snapshots.workers().run(() -> local.create(wish.claiming(claim))));
    }
}
