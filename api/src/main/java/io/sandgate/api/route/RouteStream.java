package io.sandgate.api.route;

import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteJson;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.Iterator;
import java.util.function.Predicate;

/// One list of routes on its way to a client, as fast as the client reads; a million routes need no page in memory.
final class RouteStream {
    private static final int CHUNK = 32 * 1024;

    private final HttpServerResponse response;
    private final Iterator<Route> routes;
    private final Predicate<Route> filter;

    private RouteStream(HttpServerResponse response, Iterator<Route> routes, Predicate<Route> filter) {
        this.response = response;
        this.routes = routes;
        this.filter = filter;
    }

    static void start(HttpServerResponse response, Iterator<Route> routes, Predicate<Route> filter) {
        response.putHeader("content-type", "application/x-ndjson").setChunked(true);
        RouteStream stream = new RouteStream(response, routes, filter);
        response.drainHandler(drained -> stream.pump());
        stream.pump();
    }

    private void pump() {
        while (!response.ended() && !response.closed() && !response.writeQueueFull()) {
            Buffer chunk = Buffer.buffer(CHUNK + 1024);
            while (chunk.length() < CHUNK && routes.hasNext()) {
                Route route = routes.next();
                if (filter.test(route)) {
                    chunk.appendBytes(RouteJson.write(route)).appendByte((byte) '\n');
                }
            }
            if (routes.hasNext()) {
                response.write(chunk);
            } else {
                response.end(chunk);
            }
        }
    }
}
