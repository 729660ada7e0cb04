package io.sandgate.api.route;

import io.sandgate.api.http.Answers;
import io.sandgate.api.route.RouteFeed.RefusedException;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteJson;
import io.sandgate.proxy.route.RouteKey;
import io.sandgate.proxy.route.RouteTable;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The calls on routes: `GET /routes`, `GET /routes/{id}`, and `PUT` and `DELETE /routes/{namespace}/{name}`.
public final class RouteApi {
    private static final Logger log = LoggerFactory.getLogger(RouteApi.class);
    private static final int MAX_BODY = 1024 * 1024;

    private final RouteTable table;
    private final RouteFeed feed;
    private final Predicate<String> listable;

    /// @param listable whether the list of an authority's routes may be taken as complete; a list that may not is refused
    public RouteApi(RouteTable table, RouteFeed feed, Predicate<String> listable) {
        this.table = table;
        this.feed = feed;
        this.listable = listable;
    }

    /// Adds the calls to a router.
    public void mount(Router router) {
        router.get("/routes").handler(this::list);
        router.get("/routes/:id").handler(this::get);
        router.put("/routes/:namespace/:name").handler(
                context -> Answers.withBody(context, MAX_BODY, body -> put(context, body.getBytes())));
        router.delete("/routes/:namespace/:name").handler(this::delete);
        router.route("/routes").handler(context -> Answers.methodNotAllowed(context, "GET"));
        router.route("/routes/:id").handler(context -> Answers.methodNotAllowed(context, "GET"));
        router.route("/routes/:namespace/:name").handler(context -> Answers.methodNotAllowed(context, "PUT, DELETE"));
    }

    private void list(RoutingContext context) {
        String authority = context.queryParams().get("authority");
        if (authority != null && !listable.test(authority)) {
            Answers.error(context, 503, "the routes of " + authority + " are not complete here yet; try again");
            return;
        }
        LineStream.start(context.response(), StreamSupport.stream(table.routes().spliterator(), false)
                .filter(route -> authority == null || route.authority().equals(authority))
                .map(route -> Buffer.buffer(RouteJson.write(route))).iterator());
    }

    private void get(RoutingContext context) {
        String id = context.pathParam("id");
        Route route = table.find(id);
        if (route == null) {
            Answers.error(context, 404, "no route leads to id " + id + " here");
            return;
        }
        context.response().putHeader("content-type", "application/json; charset=utf-8")
                .end(Buffer.buffer(RouteJson.write(route)));
    }

    private void put(RoutingContext context, byte[] body) {
        answer(context, () -> feed.put(key(context), body, context.queryParams().get("ttl")));
    }

    private void delete(RoutingContext context) {
        answer(context, () -> feed.delete(key(context)));
    }

    private static RouteKey key(RoutingContext context) {
        return new RouteKey(context.pathParam("namespace"), context.pathParam("name"));
    }

    private interface Call {
        CompletionStage<JsonObject> run() throws RefusedException;
    }

    private static void answer(RoutingContext context, Call call) {
        try {
            call.run().whenComplete((done, error) -> {
                if (error == null) {
                    Answers.json(context, 200, done);
                } else {
                    log.error("route.feed.failed path={}", context.request().path(), error);
                    Answers.error(context, 500, "the route was not changed; the log of this replica says why");
                }
            });
        } catch (RefusedException e) {
            Answers.error(context, e.status(), e.reason());
        }
    }
}
