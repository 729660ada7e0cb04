package io.sandgate.api.e2b;

import io.sandgate.api.e2b.ListGather.Gathered;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;

/// Lists of sandboxes: the same page of every member, merged.
///
/// @param local the sandboxes of this replica
/// @param workers where local calls block
/// @param gather asks the others
record ListCalls(LocalSandboxes local, Workers workers, ListGather gather) {

    /// The two generations of lists: their paths, and how their queries are read.
    enum Generation {
        DEPRECATED("/sandboxes"), V2("/v2/sandboxes");

        private final String path;

        Generation(String path) {
            this.path = path;
        }

        String path() {
            return path;
        }

        ListQuery parse(String query) {
            return this == V2 ? ListQuery.parse(query) : ListQuery.parseDeprecated(query);
        }
    }

    /// The list of a client: of all members.
    ApiCall everywhere(Generation generation) {
        return request -> {
            ListQuery query = generation.parse(request.query());
            Future<Gathered<ListPage>> there = gather
                    .ask(new PeerRequest(HttpMethod.GET, generation.path(), request), ListKind.SANDBOXES::page);
            return page(request, query).compose(here -> there.map(gathered -> reply(query, here, gathered)));
        };
    }

    /// The list of a peer: of this replica.
    ApiCall here(Generation generation) {
        return request -> page(request, generation.parse(request.query()))
                .map(page -> Reply.json(200, page.toJson(ListKind.SANDBOXES)));
    }

    private Future<ListPage> page(ApiRequest request, ListQuery query) {
        return workers.run(() -> local.list(request.owner(), query));
    }

    private static Reply reply(ListQuery query, ListPage here, Gathered<ListPage> gathered) {
        ListPage page = here.with(gathered.parts().values(), query.range());
        Reply reply = gathered.named(page.reply(query.range()));
        if (query.states().contains(ListedState.RUNNING)) {
            reply = reply.with("X-Total-Running", Integer.toString(page.running()));
        }
        return reply;
    }
}
