package io.sandgate.api.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The calls on snapshots as the commands use them.
final class SnapshotApi implements AutoCloseable {

    private final HttpCaller caller;

    SnapshotApi(HttpCaller caller) {
        this.caller = caller;
    }

    JsonNode create(String sandbox, @Nullable String name) {
        ObjectNode body = HttpCaller.JSON.createObjectNode();
        if (name != null) {
            body.put("name", name);
        }
        return caller.call("POST", "/sandboxes/" + HttpCaller.encode(sandbox) + "/snapshots", body).body();
    }

    /// Snapshots that match, newest first.
    List<JsonNode> list(@Nullable String sandbox, @Nullable String name, int atMost) {
        StringBuilder query = new StringBuilder();
        if (sandbox != null) {
            query.append("&sandboxID=").append(HttpCaller.encode(sandbox));
        }
        if (name != null) {
            query.append("&name=").append(HttpCaller.encode(name));
        }
        return caller.pages("/snapshots", query.toString(), atMost);
    }

    void delete(String id) {
        caller.call("DELETE", "/templates/" + HttpCaller.encode(id), null);
    }

    @Override
    public void close() {
        caller.close();
    }
}
