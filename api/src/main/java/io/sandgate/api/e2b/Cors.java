package io.sandgate.api.e2b;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;

/// Lets web pages of any origin call: what protects a sandbox is the key, which no browser sends by itself.
final class Cors {
    private static final String REQUEST_HEADERS = "X-API-Key, Authorization, Content-Type, User-Agent, X-Request-ID, "
            + "browser, lang, lang_version, machine, os, package_version, processor, publisher, release, sdk_runtime, "
            + "system";
    private static final String RESPONSE_HEADERS = "X-Next-Token, X-Total-Running, X-Request-ID, X-Sandgate-Missing, "
            + "RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After";

    private Cors() {}

    static void handle(RoutingContext ctx) {
        HttpServerResponse response = ctx.response().putHeader("Access-Control-Allow-Origin", "*")
                .putHeader("Access-Control-Expose-Headers", RESPONSE_HEADERS);
        if (ctx.request().method().equals(HttpMethod.OPTIONS)) {
            response.putHeader("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE, OPTIONS")
                    .putHeader("Access-Control-Allow-Headers", REQUEST_HEADERS)
                    .putHeader("Access-Control-Max-Age", "7200").setStatusCode(204).end();
        } else {
            ctx.next();
        }
    }
}
