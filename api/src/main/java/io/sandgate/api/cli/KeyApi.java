package io.sandgate.api.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/// The calls on API keys as the commands use them.
final class KeyApi implements AutoCloseable {

    private static final String PATH = "/api-keys";

    private final HttpCaller caller;

    KeyApi(HttpCaller caller) {
        this.caller = caller;
    }

    JsonNode create(ObjectNode body) {
        return caller.call("POST", PATH, body).body();
    }

    List<JsonNode> list() {
        List<JsonNode> keys = new ArrayList<>();
        caller.call("GET", PATH, null).body().forEach(keys::add);
        return keys;
    }

    void revoke(String id) {
        caller.call("DELETE", PATH + "/" + HttpCaller.encode(id), null);
    }

    @Override
    public void close() {
        caller.close();
    }
}
