package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandgate.sandbox.tenant.KeyDigest;
import io.sandgate.sandbox.tenant.KeyRecord;
import io.sandgate.sandbox.tenant.KeyRing;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/// What a replica answers to the others about keys.
///
/// @param ring the keys
/// @param workers where what blocks runs
record KeyPeerCalls(KeyRing ring, Workers workers) {

    /// Takes changed keys.
    Future<Reply> take(ApiRequest request) {
        List<KeyRecord> heard = KeyJson.records(JsonBody.parse(request.body()));
        return workers.run(() -> {
            ring.join(heard);
            return Reply.json(200, Json.object());
        });
    }

    /// What tells whether both know the same.
    Future<Reply> digest(ApiRequest request) {
        KeyDigest digest = ring.digest();
        return reply(Json.object().put("sum", digest.sum()).put("count", digest.count()));
    }

    /// What tells of which keys they do not.
    Future<Reply> fingerprints(ApiRequest request) {
        ObjectNode json = Json.object();
        ring.fingerprints().forEach(json::put);
        return reply(json);
    }

    /// What is known of some keys.
    Future<Reply> fetch(ApiRequest request) {
        List<String> ids = new ArrayList<>();
        for (JsonNode id : JsonBody.parse(request.body()).member("ids")) {
            ids.add(id.asText());
        }
        return reply(KeyJson.records(ring.records(ids)));
    }

    private static Future<Reply> reply(ObjectNode json) {
        return Future.succeededFuture(Reply.json(200, json));
    }
}
