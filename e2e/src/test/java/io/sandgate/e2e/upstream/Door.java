package io.sandgate.e2e.upstream;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import java.util.Optional;

/// Where WebSockets come in: refused, or opened and greeted with HELLO. Confined to the loop.
final class Door {
    private final UpstreamState state;
    private final boolean resumeUrl;

    /// @param resumeUrl whether this is the door that READY names
    Door(UpstreamState state, boolean resumeUrl) {
        this.state = state;
        this.resumeUrl = resumeUrl;
    }

    void enter(HttpServerRequest request) {
        if (state.modes().take(Mode.REFUSE_CONNECTION)) {
            request.connection().close();
        } else if (state.modes().take(Mode.REFUSE_UPGRADE)) {
            request.response().setStatusCode(503).end();
        } else if (!request.path().isEmpty() && !request.path().equals("/")) {
            request.response().setStatusCode(404).end();
        } else {
            ConnectionQuery query = ConnectionQuery.of(request.query());
            request.toWebSocket().onSuccess(socket -> open(socket, query));
        }
    }

    private void open(ServerWebSocket socket, ConnectionQuery query) {
        Optional<Wire> wire = Wire.of(query.compress());
        Connection connection = new Connection(state, socket, query, wire.orElseGet(Wire.TextWire::new), resumeUrl);
        Inbox inbox = new Inbox(state, connection);
        socket.textMessageHandler(inbox::receive);
        socket.binaryMessageHandler(_ -> inbox.receiveBinary());
        socket.closeHandler(_ -> connection.ended(socket.closeStatusCode()));
        socket.exceptionHandler(_ -> connection.ended(socket.closeStatusCode()));
        state.opened(connection);
        if (!query.version().equals("10")) {
            connection.offend(Rule.INVALID_VERSION, "v=" + query.version() + " (expected: 10)");
        } else if (!query.encoding().equals("json") || wire.isEmpty()) {
            connection.offend(Rule.DECODE, query + " (expected: json, and zlib-stream, zstd-stream or nothing)");
        } else if (state.modes().take(Mode.RECONNECT_FOR_HELLO)) {
            connection.send(7, "null");
        } else if (!state.modes().take(Mode.NO_HELLO)) {
            state.after(state.rules().helloDelay(), connection::hello);
        }
    }
}
