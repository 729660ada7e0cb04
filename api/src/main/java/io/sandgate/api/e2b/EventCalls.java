package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.sandgate.api.stream.source.LifecycleHistory;
import io.sandgate.gateway.stream.event.Event;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/// The latest events of a team's sandboxes, of all replicas; also of those that are gone.
///
/// @param history where they are
record EventCalls(LifecycleHistory history) {
    static final String PATH = "/events/sandboxes";
    private static final int DEFAULT_LIMIT = 10;
    private static final int MAX_LIMIT = 100;

    void addTo(PublicRoutes routes, CallGate gate) {
        routes.add(HttpMethod.GET, PATH, gate.bounded(this::ofTeam));
        routes.add(HttpMethod.GET, PATH + "/:id", gate.bounded(this::ofSandbox));
    }

    private Future<Reply> ofTeam(ApiRequest request) {
        return find(request, event -> true);
    }

    /// Nothing for a sandbox that never was and for another team's, as for one whose events are not kept any more.
    private Future<Reply> ofSandbox(ApiRequest request) {
        String id = SandboxId.parse(request.pathId());
        return find(request, event -> event.sandbox().equals(id));
    }

    private Future<Reply> find(ApiRequest request, Predicate<Event> filter) {
        QueryString query = QueryString.parse(request.query());
        long offset = query.number("offset", 0, Long.MAX_VALUE, 0);
        int limit = (int) query.number("limit", 1, MAX_LIMIT, DEFAULT_LIMIT);
        boolean ascending = isAscending(query);
        Set<String> types = types(query);
        Predicate<Event> wanted = event -> E2bEventJson.type(event).filter(types::contains).isPresent();
        ArrayNode json = Json.array();
        history.find(request.owner(), filter.and(wanted), ascending, offset, limit)
                .forEach(each -> json.add(E2bEventJson.listed(E2bEventJson.type(each.event()).orElseThrow(),
                        each.origin(), each.event())));
        return Future.succeededFuture(Reply.json(200, json));
    }

    private static boolean isAscending(QueryString query) {
        String text = query.first("orderAsc");
        if (text == null || text.equals("false")) {
            return false;
        }
        if (text.equals("true")) {
            return true;
        }
        throw ApiException.invalid("orderAsc: " + text + " (expected: true or false)");
    }

    /// All, where none is named.
    private static Set<String> types(QueryString query) {
        Set<String> types = new LinkedHashSet<>();
        for (String list : query.all("types")) {
            for (String type : list.split(",", -1)) {
                if (!E2bEventJson.TYPES.contains(type)) {
                    throw ApiException.invalid("types: " + type + " (expected: "
                            + String.join(", ", new TreeSet<>(E2bEventJson.TYPES)) + ")");
                }
                types.add(type);
            }
        }
        return types.isEmpty() ? E2bEventJson.TYPES : types;
    }
}
