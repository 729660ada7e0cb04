package io.sandgate.api.e2b;

import io.sandgate.api.e2b.ListGather.Gathered;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.Optional;

/// Lists and deletes snapshots, on whichever replicas they are.
///
/// @param finder finds them
/// @param templates what a deletion cannot be about
/// @param relay passes deletions on
record SnapshotCalls(SnapshotFinder finder, SandboxJson templates, Relay relay) {

    private static final String TEMPLATES = "/templates/";

    /// The path of a deletion: for E2B a snapshot is a template.
    static String path(String id) {
        return TEMPLATES + id;
    }

    /// The list of a client: of all members.
    Future<Reply> list(ApiRequest request) {
        SnapshotQuery query = SnapshotQuery.parse(request.query(), request.owner());
        Future<Gathered<ListPage>> there = finder.gather()
                .ask(new PeerRequest(HttpMethod.GET, SnapshotFinder.PATH, request), ListKind.SNAPSHOTS::page);
        return page(request, query).compose(here -> there.map(gathered -> gathered
                .named(here.with(gathered.parts().values(), query.range()).reply(query.range()))));
    }

    /// The list of a peer: of this replica.
    Future<Reply> listHere(ApiRequest request) {
        return page(request, SnapshotQuery.parse(request.query(), request.owner()))
                .map(page -> Reply.json(200, page.toJson(ListKind.SNAPSHOTS)));
    }

    /// The deletion of a client, by id or name.
    Future<Reply> delete(ApiRequest request) {
        String text = request.pathId();
        if (templates.isTemplate(text)) {
            throw ApiException.unsupported("Deleting a template");
        }
        Optional<SnapshotRef> ref = SnapshotRef.find(text, request.owner());
        if (ref.isEmpty()) {
            throw LocalSnapshots.noSuchSnapshot(text);
        }
        return finder.find(request, ref.get(), () -> LocalSnapshots.noSuchSnapshot(text)).compose(found -> {
            if (!found.missing().isEmpty()) {
                throw ApiException.of(503, String.join(", ", found.missing()) + " could not be asked whether the newest"
                        + " snapshot named " + ref.get().name() + " is there. Try again, or delete it by its id");
            }
            return found.keeper()
                    .map(keeper -> relay.send(keeper, new PeerRequest(HttpMethod.DELETE, path(found.id()),
                            request.asking("")), "where snapshot " + found.id() + " is"))
                    .orElseGet(() -> delete(request, found.id()));
        });
    }

    /// The deletion of a peer, by id.
    Future<Reply> deleteHere(ApiRequest request) {
        return delete(request, request.pathId());
    }

    private Future<Reply> delete(ApiRequest request, String id) {
        return finder.workers().run(() -> finder.local().delete(request.owner(), id));
    }

    private Future<ListPage> page(ApiRequest request, SnapshotQuery query) {
        return finder.workers().run(() -> finder.local().page(request.owner(), query));
    }
}
