package io.sandgate.api.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The lifecycle API of a replica as the commands use it; its paths and bodies are those of E2B.
final class SandboxApi implements AutoCloseable {

    private static final int PAGE = 100;

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

    void pause(String id) {
        caller.call("POST", path(id, "/pause"), null);
    }

    void kill(String id) {
        caller.call("DELETE", path(id, ""), null);
    }

    void timeout(String id, Duration timeout) {
        caller.call("POST", path(id, "/timeout"), timeoutBody(timeout));
    }

    /// Status 201 when the sandbox was paused and runs again, 200 when it ran already.
    HttpCaller.Reply connect(String id, @Nullable Duration timeout) {
        return caller.call("POST", "/v2" + path(id, "/connect"), timeoutBody(timeout));
    }

    JsonNode logs(String id, int limit) {
        return caller.call("GET", "/v2" + path(id, "/logs?direction=backward&limit=" + limit), null).body();
    }

    /// Sandboxes that match, newest first, page after page until there are no more or enough.
    List<JsonNode> list(List<String> states, Map<String, String> metadata, int atMost) {
        List<JsonNode> found = new ArrayList<>();
        Optional<String> token = Optional.empty();
        do {
            StringBuilder query = new StringBuilder("?limit=").append(Math.min(PAGE, atMost - found.size()));
            if (!states.isEmpty()) {
                query.append("&state=").append(String.join(",", states));
            }
            if (!metadata.isEmpty()) {
                query.append("&metadata=").append(encode(metadataFilter(metadata)));
            }
            token.ifPresent(next -> query.append("&nextToken=").append(encode(next)));
            HttpCaller.Reply page = caller.call("GET", "/v2/sandboxes" + query, null);
            page.body().forEach(found::add);
            token = page.headers().firstValue("x-next-token").filter(next -> !next.isEmpty());
        } while (token.isPresent() && found.size() < atMost);
        return found;
    }

    /// E2B's form: keys and values are encoded twice, here, and the whole once more as a query parameter.
    private static String metadataFilter(Map<String, String> metadata) {
        return metadata.entrySet().stream()
                .map(entry -> encode(encode(entry.getKey())) + "=" + encode(encode(entry.getValue())))
                .collect(Collectors.joining("&"));
    }

    private static ObjectNode timeoutBody(@Nullable Duration timeout) {
        ObjectNode body = HttpCaller.JSON.createObjectNode();
        return timeout == null ? body : body.put("timeout", timeout.plusMillis(999).toSeconds());
    }

    private static String path(String id, String rest) {
        return "/sandboxes/" + encode(id) + rest;
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public void close() {
        caller.close();
    }
}
