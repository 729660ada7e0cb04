package io.sandgate.api.e2b;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;

/// The paths of the lifecycle API.
final class PublicRoutes {
    private final Exchange exchange;
    private final Function<HttpServerRequest, Caller> identity;
    private final Router router;
    /// The methods of each path, for those that ask with another one.
    private final Map<String, TreeSet<String>> methods = new LinkedHashMap<>();

    /// @param identity who calls; throws for nobody
    PublicRoutes(Vertx vertx, Exchange exchange, Function<HttpServerRequest, Caller> identity) {
        this.exchange = exchange;
        this.identity = identity;
        this.router = Router.router(vertx);
        router.route().handler(exchange::open).handler(Cors::handle);
        router.errorHandler(400, exchange::malformed).errorHandler(500, exchange::failed);
    }

    /// A path that needs a key.
    PublicRoutes add(HttpMethod method, String path, ApiCall call) {
        router.route(method, path).handler(exchange.handler(path, identity, call));
        return allow(method, path);
    }

    PublicRoutes addExtensions(List<Extension> extensions) {
        for (Extension extension : extensions) {
            router.route(extension.method(), extension.path()).handler(exchange.extension(extension, identity));
            allow(extension.method(), extension.path());
        }
        return this;
    }

    /// The path that tells whether the API answers at all.
    PublicRoutes addHealth() {
        Reply healthy = Reply.json(200, Json.object().put("status", "ok"));
        router.route(HttpMethod.GET, "/health").handler(exchange.fixed("/health", ctx -> healthy));
        return allow(HttpMethod.GET, "/health");
    }

    PublicRoutes addUnsupported(List<UnsupportedEndpoint> endpoints) {
        for (UnsupportedEndpoint endpoint : endpoints) {
            router.route(endpoint.method(), endpoint.path()).handler(exchange.fixed(endpoint.path(), ctx -> {
                throw ApiException.unsupported(endpoint.feature());
            }));
            allow(endpoint.method(), endpoint.path());
        }
        return this;
    }

    /// Ends the building: what none of the paths took is refused.
    Router build() {
        methods.forEach((path, allowed) -> router.route(path).handler(exchange.fixed(path, ctx -> {
            String names = String.join(", ", allowed);
            ctx.response().putHeader("Allow", names);
            throw ApiException.of(405, shown(ctx) + ": no such method (expected: " + names + ")");
        })));
        router.route().handler(exchange.fixed("none", ctx -> {
            throw ApiException.of(404, shown(ctx) + ": no such path in this API");
        }));
        return router;
    }

    private PublicRoutes allow(HttpMethod method, String path) {
        methods.computeIfAbsent(path, p -> new TreeSet<>()).add(method.name());
        return this;
    }

    private static String shown(RoutingContext ctx) {
        String path = ctx.normalizedPath();
        return ctx.request().method() + " " + (path.length() <= 128 ? path : path.substring(0, 128) + "…");
    }
}
