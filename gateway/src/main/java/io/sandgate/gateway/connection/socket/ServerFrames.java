package io.sandgate.gateway.connection.socket;

import io.vertx.core.json.JsonObject;

/// The messages that a socket gets besides those that were sent to its client.
final class ServerFrames {
    static final String PONG = "{\"type\":\"pong\"}";

    private ServerFrames() {}

    static String connected(String client, String connection, String replica) {
        return new JsonObject().put("type", "connected").put("client", client).put("connection", connection)
                .put("replica", replica).encode();
    }

    static String joined(String room) {
        return new JsonObject().put("type", "joined").put("room", room).encode();
    }

    static String left(String room) {
        return new JsonObject().put("type", "left").put("room", room).encode();
    }

    static String error(String message) {
        return new JsonObject().put("type", "error").put("message", message).encode();
    }

    static String end(int code, String reason) {
        return new JsonObject().put("type", "end").put("code", code).put("reason", reason).encode();
    }
}
