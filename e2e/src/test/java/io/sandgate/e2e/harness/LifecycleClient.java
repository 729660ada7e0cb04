package io.sandgate.e2e.harness;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.LinkedHashMap;
import java.util.Map;

/// The lifecycle API of one replica, called with one key; every answer comes back as it is, errors too.
public final class LifecycleClient {

    private final Http http;
    private final String base;
    private final String key;

    /// @param base address of a public listener, without a slash at its end
    public LifecycleClient(Http http, String base, String key) {
        this.http = http;
        this.base = base;
        this.key = key;
    }

    /// The same replica, called with another key.
    public LifecycleClient withKey(String otherKey) {
        return new LifecycleClient(http, base, otherKey);
    }

    /// Creates a sandbox that lives for five minutes.
    public Answer create(String template) {
        return create(new JsonObject().put("templateID", template).put("timeout", 300));
    }

    public Answer create(JsonObject body) {
        return call("POST", "/v2/sandboxes", body.encode());
    }

    /// Creates a sandbox, and fails when that is refused.
    ///
    /// @return its id
    public String created(String template) {
        return created(new JsonObject().put("templateID", template).put("timeout", 300));
    }

    public String created(JsonObject body) {
        Answer answer = create(body);
        if (answer.status() != 201) {
            throw new AssertionError("create at " + base + " answered " + answer.status() + ": " + answer.body());
        }
        return answer.json().getString("sandboxID");
    }

    public Answer get(String id) {
        return call("GET", "/sandboxes/" + id, "");
    }

    /// Lists sandboxes.
    ///
    /// @param query with its question mark, or empty
    public Answer list(String query) {
        return call("GET", "/v2/sandboxes" + query, "");
    }

    public Answer pause(String id) {
        return call("POST", "/sandboxes/" + id + "/pause", "{}");
    }

    public Answer resume(String id, int timeoutSeconds) {
        return call("POST", "/sandboxes/" + id + "/resume", new JsonObject().put("timeout", timeoutSeconds).encode());
    }

    public Answer connect(String id, int timeoutSeconds) {
        return call("POST", "/v2/sandboxes/" + id + "/connect",
                new JsonObject().put("timeout", timeoutSeconds).encode());
    }

    public Answer timeout(String id, int timeoutSeconds) {
        return call("POST", "/sandboxes/" + id + "/timeout", new JsonObject().put("timeout", timeoutSeconds).encode());
    }

    public Answer kill(String id) {
        return call("DELETE", "/sandboxes/" + id, "");
    }

    public Answer logs(String id) {
        return call("GET", "/v2/sandboxes/" + id + "/logs?direction=forward&limit=1000", "");
    }

    /// Any call, with a body unless it is empty.
    public Answer call(String method, String path, String body) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (!key.isEmpty()) {
            headers.put("X-API-KEY", key);
        }
        if (!body.isEmpty()) {
            headers.put("Content-Type", "application/json");
        }
        return http.send(method, base + path, headers,
                body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    }
}
