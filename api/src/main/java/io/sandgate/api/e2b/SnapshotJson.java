package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandgate.sandbox.Snapshot;

/// Snapshots in E2B's JSON form, and what else is known of them.
final class SnapshotJson {

    private SnapshotJson() {}

    static ObjectNode write(Snapshot snapshot) {
        ObjectNode json = Json.object().put(ListKind.SNAPSHOTS.id(), snapshot.id());
        ArrayNode names = json.putArray("names");
        snapshot.name().ifPresent(name -> names.add(snapshot.owner() + "/" + name));
        return json.put("sandboxID", snapshot.sandbox()).put("templateID", snapshot.template())
                .put(ListKind.SNAPSHOTS.time(), snapshot.createdAt().toString()).put("sizeBytes", snapshot.bytes());
    }
}
