package io.sandgate.api.admin;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sandgate.api.http.Answers;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/// The calls of the admin listener: `/healthz`, `/readyz`, `/metrics` and `/cluster`.
public final class AdminApi {
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private final HealthView health;
    private final ClusterView cluster;
    private final PrometheusMeterRegistry metrics;
    private final Optional<String> token;

    /// @param token what callers must present as a bearer token, except for health and readiness
    public AdminApi(HealthView health, ClusterView cluster, PrometheusMeterRegistry metrics, Optional<String> token) {
        this.health = health;
        this.cluster = cluster;
        this.metrics = metrics;
        this.token = token;
    }

    /// Adds the calls to a router; what is mounted after them needs the token too.
    public void mount(Router router) {
        router.get("/healthz").handler(context -> answer(context, "healthy", health.health()));
        router.get("/readyz").handler(context -> answer(context, "ready", health.ready()));
        token.ifPresent(expected -> router.route().handler(context -> authorize(context, expected)));
        router.get("/metrics").handler(this::scrape);
        router.get("/cluster").handler(context -> Answers.json(context, 200, cluster.json()));
    }

    private static void answer(RoutingContext context, String verdict, JsonObject answer) {
        Answers.json(context, answer.getBoolean(verdict) ? 200 : 503, answer);
    }

    private static void authorize(RoutingContext context, String expected) {
        String presented = context.request().getHeader("authorization");
        byte[] wanted = ("Bearer " + expected).getBytes(StandardCharsets.UTF_8);
        if (presented != null && MessageDigest.isEqual(wanted, presented.getBytes(StandardCharsets.UTF_8))) {
            context.next();
        } else {
            context.response().putHeader("www-authenticate", "Bearer");
            Answers.error(context, 401, "this call needs the admin token (sandgate.admin.token) as a bearer token");
        }
    }

    private void scrape(RoutingContext context) {
        // a scrape walks all meters, which is too long for an event loop
        context.vertx().executeBlocking(metrics::scrape, false).onComplete(
                text -> context.response().putHeader("content-type", PROMETHEUS).end(text), context::fail);
    }
}
