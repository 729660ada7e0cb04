package io.sandgate.e2e.harness;

import io.vertx.core.json.JsonObject;

/// An answer in the place of a stream or a WebSocket.
///
/// @param status of the answer
/// @param retryAfter the header of that name, or empty
/// @param body its body
public record Refusal(int status, String retryAfter, String body) {

    public JsonObject json() {
        return new JsonObject(body);
    }

    /// The word for why; empty when there is none.
    public String reason() {
        return json().getString("reason", "");
    }

    public String message() {
        return json().getString("message", "");
    }
}
