package io.sandgate.api.e2b;

import io.sandgate.api.e2b.CreateCalls.Generation;
import io.vertx.core.http.HttpMethod;
import java.util.List;

/// A call that clients make on any replica, and replicas on the one that can carry it out.
///
/// @param method its method
/// @param path its template, the same on both listeners
/// @param client what is done for a client, here or elsewhere
/// @param peer what is done for a peer, here
record ClusterEndpoint(HttpMethod method, String path, ApiCall client, ApiCall peer) {

    /// Those by which sandboxes are made, and what they are made from: creates, snapshots and forks.
    static List<ClusterEndpoint> making(SnapshotFinder finder, LocalSandboxes local, QuotaGate quotas,
            OwnerCalls owners, Relay relay, CreateBody body) {
        CreateCalls creates = new CreateCalls(body, local, finder, quotas, relay);
        SnapshotCalls snapshots = new SnapshotCalls(finder, local.json(), relay);
        ForkCalls forks = new ForkCalls(local, quotas, finder.workers(), owners);
        return List.of(create(creates, Generation.V1), create(creates, Generation.V2),
                new ClusterEndpoint(HttpMethod.GET, SnapshotFinder.PATH, snapshots::list, snapshots::listHere),
                new ClusterEndpoint(HttpMethod.DELETE, SnapshotCalls.path(":id"), snapshots::delete,
                        snapshots::deleteHere),
                new ClusterEndpoint(HttpMethod.POST, ForkCalls.path(":id"), forks::anywhere, forks::here));
    }

    private static ClusterEndpoint create(CreateCalls creates, Generation generation) {
        return new ClusterEndpoint(HttpMethod.POST, generation.path(), creates.anywhere(generation),
                creates.here(generation));
    }
}
