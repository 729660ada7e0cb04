package io.sandgate.api.connection;

import io.sandgate.api.http.Answers;
import io.sandgate.api.http.ReplicaCalls;
import io.sandgate.gateway.connection.Connections;
import io.sandgate.gateway.connection.PeerJson;
import io.sandgate.gateway.connection.PeerRequest;
import io.sandgate.gateway.connection.peer.HttpPeerTransport;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/// The call of replicas about connections: `POST /connections/deliver`, with one answer for each request in it.
///
/// 200 with the answers; 400 for a body that cannot be read; 403 for a caller that is no replica.
public final class ConnectionsPeerApi {
    /// A full batch, each character of which takes some bytes.
    private static final int MAX_BODY = 8 << 20;

    private final Connections connections;

    public ConnectionsPeerApi(Connections connections) {
        this.connections = connections;
    }

    /// Adds the call to a router.
    public void mount(Router router) {
        ReplicaCalls.mount(router, HttpPeerTransport.PATH, MAX_BODY, (context, sender, body) -> answer(context, body));
    }

    private void answer(RoutingContext context, Buffer body) {
        List<PeerRequest> requests;
        try {
            requests = PeerJson.readRequests(body);
        } catch (IllegalArgumentException e) {
            Answers.error(context, 400, String.valueOf(e.getMessage()));
            return;
        }
        HttpServerResponse response = context.response();
        Context loop = context.vertx().getOrCreateContext();
        connections.answer(requests, () -> !response.closed())
                .whenComplete((answers, failure) -> loop.runOnContext(ignored -> {
                    if (failure != null) {
                        context.fail(failure);
                    } else if (!response.closed()) {
                        response.putHeader("content-type", "application/json; charset=utf-8")
                                .end(PeerJson.answers(answers));
                    }
                }));
    }
}
