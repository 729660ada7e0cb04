package io.sandgate.api.peer;

import io.sandgate.api.http.Answers;
import io.sandgate.proxy.replicate.Witnesses;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/// The call with which a replica asks another one whether that one reaches a third: `GET /reach/{id}`, answered within some
/// seconds with `{"reached":true}` or `{"reached":false}`.
public final class ReachApi {
    private final Witnesses witnesses;

    /// @param witnesses looks from here
    public ReachApi(Witnesses witnesses) {
        this.witnesses = witnesses;
    }

    /// Adds the call to a router.
    public void mount(Router router) {
        router.get("/reach/:id").handler(this::answer);
        router.route("/reach/:id").handler(context -> Answers.methodNotAllowed(context, "GET"));
    }

    private void answer(RoutingContext context) {
        Future.fromCompletionStage(witnesses.reaches(context.pathParam("id")), context.vertx().getOrCreateContext())
                .onSuccess(reached -> Answers.json(context, 200, new JsonObject().put("reached", reached)));
    }
}
