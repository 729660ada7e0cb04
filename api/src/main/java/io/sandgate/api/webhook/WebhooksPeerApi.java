package io.sandgate.api.webhook;

import io.sandgate.api.http.Answers;
import io.sandgate.api.http.ReplicaCalls;
import io.sandgate.gateway.stream.webhook.Webhooks;
import io.sandgate.gateway.stream.webhook.connect.HttpWebhookPeers;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/// The call with which replicas keep their webhooks the same: `POST /events/webhooks/exchange`.
///
/// 200 with an object; 400 for a body that is not what the call needs.
public final class WebhooksPeerApi {
    /// The stamps of some ten thousand webhooks, or some hundred records.
    private static final int MAX_BODY = 8 << 20;

    private final Webhooks webhooks;

    public WebhooksPeerApi(Webhooks webhooks) {
        this.webhooks = webhooks;
    }

    /// Adds the call to a router.
    public void mount(Router router) {
        ReplicaCalls.mount(router, HttpWebhookPeers.PATH, MAX_BODY, (context, sender, body) -> answer(context, body));
    }

    private void answer(RoutingContext context, Buffer body) {
        JsonObject object;
        try {
            object = body.toJsonObject();
        } catch (DecodeException e) {
            Answers.error(context, 400, "the body is no JSON object");
            return;
        }
        Future.fromCompletionStage(webhooks.exchange(object), context.vertx().getOrCreateContext())
                .onSuccess(answer -> Answers.json(context, 200, answer)).onFailure(failure -> {
                    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
                    if (cause instanceof IllegalArgumentException) {
                        Answers.error(context, 400, String.valueOf(cause.getMessage()));
                    } else {
                        context.fail(failure);
                    }
                });
    }
}
