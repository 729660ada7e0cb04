package io.sandgate.api.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The lifecycle API of a replica as the commands use it; its paths and bodies are those of E2B.
final class SandboxApi implements AutoCloseable {

    private final HttpCaller caller;

    SandboxApi(HttpCaller caller) {
        this.caller = caller;
    }

    URI base() {
        return caller.base();
    }

    JsonNode create(ObjectNode body) {
        return caller.call("POST", "/v2/sandboxes", body).body();
    }

    JsonNode get(String id) {
        return caller.call("GET", path(id, ""), null).body();
    }

    void pause(String id, boolean memory) {
        caller.call("POST", path(id, "/pause"),
                memory ? null : HttpCaller.JSON.createObjectNode().put("memory", false));
    }

    /// One result for each that was asked for: a sandbox or an error.
    JsonNode fork(String id, int count, @Nullable Duration timeout) {
        return caller.call("POST", path(id, "/fork"), timeoutBody(timeout).put("count", count)).body();
    }

    void kill(String id) {
        caller.call("DELETE", path(id, ""), null);
    }

    void timeout(String id, Duration timeout) {
        caller.call("POST", path(id, "/timeout"), timeoutBody(timeout));
    }

    /// Status 201 when the sandbox was paused and runs again, 200 when it ran already.
    ///
    /// @param memory whether a paused sandbox goes on, or starts anew from its disk
    HttpCaller.Reply connect(String id, @Nullable Duration timeout, boolean memory) {
        ObjectNode body = timeoutBody(timeout);
        return caller.call("POST", "/v2" + path(id, "/connect"), memory ? body : body.put("memory", false));
    }

    JsonNode logs(String id, int limit) {
        return caller.call("GET", "/v2" + path(id, "/logs?direction=backward&limit=" + limit), null).body();
    }

    /// Sandboxes that match, newest first.
    List<JsonNode> list(List<String> states, Map<String, String> metadata, int atMost) {
        StringBuilder query = new StringBuilder();
        if (!states.isEmpty()) {
            query.append("&state=").append(String.join(",", states));
        }
        if (!metadata.isEmpty()) {
            query.append("&metadata=").append(HttpCaller.encode(metadataFilter(metadata)));
        }
        return caller.pages("/v2/sandboxes", query.toString(), atMost);
    }

    /// E2B's form: keys and values are encoded twice, here, and the whole once more as a query parameter.
    private static String metadataFilter(Map<String, String> metadata) {
        return metadata.entrySet().stream()
                .map(entry -> HttpCaller.encode(HttpCaller.encode(entry.getKey())) + "="
                        + HttpCaller.encode(HttpCaller.encode(entry.getValue())))
                .collect(Collectors.joining("&"));
    }

    private static ObjectNode timeoutBody(@Nullable Duration timeout) {
        ObjectNode body = HttpCaller.JSON.createObjectNode();
        return timeout == null ? body : body.put("timeout", timeout.plusMillis(999).toSeconds());
    }

    private static String path(String id, String rest) {
        return "/sandboxes/" + HttpCaller.encode(id) + rest;
    }

    @Override
    public void close() {
        caller.close();
    }
}
