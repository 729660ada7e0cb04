package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.sandgate.api.e2b.ListGather.Gathered;
import io.sandgate.membership.Member;
import io.sandgate.membership.Membership;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Lists of sandboxes: the same page of every member, merged.
///
/// @param local the sandboxes of this replica
/// @param workers where local calls block
/// @param membership whom to ask
/// @param gather asks them
record ListCalls(LocalSandboxes local, Workers workers, Membership membership, ListGather gather) {

    /// Names the members whose sandboxes a list lacks.
    static final String MISSING = "X-Sandgate-Missing";

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
            String self = membership.self().id();
            List<Member> others = membership.members().stream().filter(member -> !member.id().equals(self)).toList();
            Future<Gathered> there = gather.ask(others, new PeerRequest(HttpMethod.GET, generation.path(), request));
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

    private static Reply reply(ListQuery query, ListPage here, Gathered gathered) {
        List<ListPage> pages = new ArrayList<>(gathered.pages());
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
        if (!gathered.missing().isEmpty()) {
            reply = reply.with(MISSING, gathered.missing().stream().sorted().collect(Collectors.joining(",")));
        }
        return reply;
    }
}
