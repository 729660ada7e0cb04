package io.sandgate.api.http;

import io.vertx.core.http.HttpServerRequest;

/// What holds for all requests that become WebSockets.
public final class SocketUpgrade {
    /// Why one is refused that has a body.
    public static final String NO_BODY = "a request for a WebSocket has no body (expected: no Transfer-Encoding, and no "
            + "Content-Length but 0)";

    private SocketUpgrade() {}

    /// Whether a request announces a body. The HTTP server would wait for it before it upgrades, for as long as that takes, and
    /// say nothing when it is too long.
    public static boolean hasBody(HttpServerRequest request) {
        String length = request.getHeader("Content-Length");
        return request.headers().contains("Transfer-Encoding") || (length != null && !length.strip().equals("0"));
    }
}
