package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.sandgate.api.e2b.ListGather.Gathered;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;

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
                    .ask(new PeerRequest(HttpMethod.GET, generation.path(), request), ListPage::read);
            return page(request, query).compose(here -> there.map(gathered -> reply(query, here, gathered)));
        };
    }

    /// The list of a peer: of this replica.
    ApiCall here(Generation generation) {
        return request -> page(request, generation.parse(request.query()))
                .map(page -> Reply.json(200, page.toJson()));
    }

    private Future<ListPage> page(ApiRequest request, ListQuery query) {
        return workers.run(() -> local.list(request.owner(), query));
    }

    private static Reply reply(ListQuery query, ListPage here, Gathered<ListPage> gathered) {
        List<ListPage> pages = new ArrayList<>(gathered.parts());
        pages.add(here);
        ListPage page = ListPage.merge(pages, query);
        List<ListEntry> shown = page.entries().stream().limit(query.limit()).toList();
        ArrayNode json = Json.array();
        shown.forEach(entry -> json.add(entry.json()));
        Reply reply = Reply.json(200, json);
        if (page.entries().size() > shown.size()) {
            ListEntry last = shown.getLast();
            reply = reply.with("X-Next-Token",
                    new PageToken(last.startedAt(), last.id(), query.ascending()).encode());
        }
        if (query.states().contains(ListedState.RUNNING)) {
            reply = reply.with("X-Total-Running", Integer.toString(page.running()));
        }
        return gathered.named(reply);
    }
}
