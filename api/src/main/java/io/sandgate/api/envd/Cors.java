package io.sandgate.api.envd;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/// Lets web pages of any origin call: what protects a sandbox is its token, which no browser sends by itself.
final class Cors {

    private static final String EXPOSED = "Location, Cache-Control, X-Content-Type-Options, Content-Disposition, "
            + "Content-Encoding, Content-Range, Accept-Ranges, ETag";

    private Cors() {}

    /// Adds what every answer has, and answers what a browser asks beforehand; false when the request is to be handled.
    static boolean answers(HttpServerRequest request) {
        if (request.getHeader("origin") == null) {
            return false;
        }
        HttpServerResponse response = request.response().putHeader("access-control-allow-origin", "*")
                .putHeader("access-control-expose-headers", EXPOSED);
        String method = request.getHeader("access-control-request-method");
        if (!request.method().name().equals("OPTIONS") || method == null) {
            return false;
        }
        response.putHeader("access-control-allow-methods", "GET, HEAD, POST, PUT, PATCH, DELETE")
                .putHeader("access-control-max-age", "7200");
        String fields = request.getHeader("access-control-request-headers");
        if (fields != null) {
            response.putHeader("access-control-allow-headers", fields);
        }
        response.setStatusCode(204).end();
        return true;
    }
}
