package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandgate.api.e2b.ListGather.Gathered;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;

/// What several sandboxes use: of those that are here, and of the others' where they are.
///
/// @param local the sandboxes of this replica
/// @param workers where local calls block
/// @param gather asks the other replicas
record UsageCalls(LocalSandboxes local, Workers workers, ListGather gather) {

    static final String PATH = "/sandboxes/metrics";
    private static final String IDS = "sandbox_ids";
    private static final String SANDBOXES = "sandboxes";
    private static final int MOST = 100;

    /// The call of a client: of all members, unless this replica has all that it asks for. What is nowhere, foreign, or was
    /// not measured yet is left out.
    ApiCall everywhere() {
        return request -> {
            Set<String> ids = ids(request);
            return workers.run(() -> local.lastUsage(request.owner(), ids)).compose(here -> {
                Set<String> others = new LinkedHashSet<>(ids);
                others.removeIf(local::has);
                if (others.isEmpty()) {
                    return Future.succeededFuture(reply(here));
                }
                ApiRequest rest = new ApiRequest(request.owner(), request.requestId(), "",
                        IDS + "=" + String.join(",", others), Buffer.buffer());
                return gather.ask(new PeerRequest(HttpMethod.GET, PATH, rest), UsageCalls::read)
                        .map(gathered -> reply(here, gathered));
            });
        };
    }

    /// The call of a peer: of this replica.
    ApiCall here() {
        return request -> {
            Set<String> ids = ids(request);
            return workers.run(() -> reply(local.lastUsage(request.owner(), ids)));
        };
    }

    private static Set<String> ids(ApiRequest request) {
        Set<String> ids = new LinkedHashSet<>();
        for (String list : QueryString.parse(request.query()).all(IDS)) {
            for (String id : list.split(",", -1)) {
                SandboxId.read(id).ifPresent(ids::add);
            }
        }
        if (ids.isEmpty() || ids.size() > MOST) {
            throw ApiException.invalid(IDS + ": " + ids.size() + " sandboxes (expected: 1 to " + MOST
                    + " ids, separated by commas)");
        }
        return ids;
    }

    private static ObjectNode read(Buffer body) throws IOException {
        JsonNode sandboxes = Json.read(body).path(SANDBOXES);
        if (!(sandboxes instanceof ObjectNode found)) {
            throw new IOException("no usage of sandboxes");
        }
        return found;
    }

    private static Reply reply(ObjectNode here, Gathered<ObjectNode> there) {
        there.parts().values().forEach(here::setAll);
        return there.named(reply(here));
    }

    private static Reply reply(ObjectNode usage) {
        return Reply.json(200, Json.object().set(SANDBOXES, usage));
    }
}
