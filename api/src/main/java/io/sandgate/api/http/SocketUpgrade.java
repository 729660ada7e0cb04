package io.sandgate.api.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.sandgate.gateway.websocket.Handshake;
import io.sandgate.gateway.websocket.WebSocketChannel;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.Optional;

/// What holds for all requests that become WebSockets.
public final class SocketUpgrade {
    private static final String VERSION = "13";

    private SocketUpgrade() {}

    /// Why a request cannot become the WebSocket that it asks for.
    ///
    /// @param status of the answer
    /// @param message what was expected
    public record Flaw(int status, String message) {}

    /// Looks for what is wrong with a request that asks for a WebSocket. What belongs into the head of an answer that says so is
    /// in the response afterwards.
    public static Optional<Flaw> flaw(HttpServerRequest request) {
        if (hasBody(request)) {
            return Optional
                    .of(new Flaw(400, "a request for a WebSocket has no body (expected: no Transfer-Encoding, and no "
                            + "Content-Length but 0)"));
        }
        if (!VERSION.equals(request.getHeader(HttpHeaderNames.SEC_WEBSOCKET_VERSION))) {
            request.response().putHeader(HttpHeaderNames.SEC_WEBSOCKET_VERSION, VERSION);
            return Optional.of(new Flaw(426, "Sec-WebSocket-Version: not supported (expected: " + VERSION + ")"));
        }
        String key = request.getHeader(HttpHeaderNames.SEC_WEBSOCKET_KEY);
        return key != null && Handshake.isKey(key)
                ? Optional.empty()
                : Optional.of(new Flaw(400, "Sec-WebSocket-Key: missing or malformed (expected: 16 bytes in base64)"));
    }

    /// Whether a request announces a body, for which nobody would wait.
    private static boolean hasBody(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaderNames.CONTENT_LENGTH);
        return request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)
                || (length != null && !length.strip().equals("0"));
    }

    /// Makes a request without a [flaw][#flaw] a WebSocket, with the response's headers in its answer. From then on neither is
    /// good for anything.
    ///
    /// @return empty when the connection is gone
    public static Optional<WebSocketChannel> accept(HttpServerRequest request) {
        return Handshake.accept(((ConnectionBase) request.connection()).channel(),
                request.getHeader(HttpHeaderNames.SEC_WEBSOCKET_KEY), request.response().headers());
    }
}
