package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandgate.gateway.stream.webhook.DeliveryView;
import io.sandgate.gateway.stream.webhook.EventType;
import io.sandgate.gateway.stream.webhook.Webhook;
import io.sandgate.gateway.stream.webhook.WebhookLimitException;
import io.sandgate.gateway.stream.webhook.connect.RefusedTargetException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// The calls that register, show, change and delete the webhooks of a team. No answer shows a secret.
///
/// @param vertx knows the context of a call
/// @param services what they work with
record WebhookCalls(Vertx vertx, WebhookServices services) {
    private static final String PATH = "/events/webhooks";
    private static final Duration LOOKUP = Duration.ofSeconds(5);

    PublicRoutes addTo(PublicRoutes routes, CallGate gate) {
        return routes.add(HttpMethod.GET, PATH, gate.bounded(this::list))
                .add(HttpMethod.POST, PATH, gate.bounded(this::create))
                .add(HttpMethod.GET, PATH + "/:id", gate.bounded(this::get))
                .add(HttpMethod.PATCH, PATH + "/:id", gate.bounded(this::change))
                .add(HttpMethod.DELETE, PATH + "/:id", gate.bounded(this::delete));
    }

    Future<Reply> list(ApiRequest request) {
        return future(services.webhooks().list(request.owner()))
                .compose(webhooks -> Future.all(webhooks.stream().map(this::shown).toList()))
                .map(all -> {
                    ArrayNode json = Json.array();
                    all.<ObjectNode>list().forEach(json::add);
                    return Reply.json(200, json);
                });
    }

    Future<Reply> get(ApiRequest request) {
        return future(services.webhooks().find(request.owner(), request.pathId()))
                .compose(found -> shown(found.orElseThrow(() -> noSuchWebhook(request))))
                .map(json -> Reply.json(200, json));
    }

    Future<Reply> create(ApiRequest request) {
        WebhookBody body = WebhookBody.read(JsonBody.parse(request.body()));
        String name = required("name", body.name());
        URI url = required("url", body.url());
        Set<EventType> events = required("events", body.events());
        String secret = required("signatureSecret", body.secret());
        Webhook webhook = body.over(new Webhook(services.ids().get(), request.owner(), name, url, true, "", events,
                secret, services.clock().instant()));
        return checked(url).compose(checked -> future(services.webhooks().create(webhook)))
                .compose(this::shown).map(json -> Reply.json(201, json));
    }

    Future<Reply> change(ApiRequest request) {
        WebhookBody body = WebhookBody.read(JsonBody.parse(request.body()));
        URI url = body.url();
        return (url == null ? Future.<Void>succeededFuture() : checked(url))
                .compose(checked -> future(services.webhooks().change(request.owner(), request.pathId(), body::over)))
                .compose(found -> shown(found.orElseThrow(() -> noSuchWebhook(request))))
                .map(json -> Reply.json(200, json));
    }

    /// E2B answers 200 and nothing else.
    Future<Reply> delete(ApiRequest request) {
        return future(services.webhooks().delete(request.owner(), request.pathId())).map(was -> {
            if (!was) {
                throw noSuchWebhook(request);
            }
            return Reply.json(200, Json.object());
        });
    }

    private Future<Void> checked(URI url) {
        return future(services.addresses().of(url)).timeout(LOOKUP.toMillis(), TimeUnit.MILLISECONDS)
                .<Void>mapEmpty().recover(failure -> Future.failedFuture(switch (failure) {
                    case TimeoutException _ -> ApiException.of(503,
                            "url: the address of its host could not be found in time; try again");
                    case UnknownHostException _ -> ApiException.invalid(
                            "url: its host has no address (expected: a name that can be resolved)");
                    case RefusedTargetException refused -> ApiException.invalid("url: " + refused.getMessage()
                            + " (expected: a public address, or one of sandgate.webhooks.allowed-targets)");
                    default -> failure;
                }));
    }

    private Future<ObjectNode> shown(Webhook webhook) {
        return future(services.webhooks().deliveries(webhook.id())).map(view -> shown(webhook, view));
    }

    /// Older clients of E2B read `teamID`.
    private ObjectNode shown(Webhook webhook, DeliveryView view) {
        ObjectNode json = Json.object().put("id", webhook.id()).put("teamId", webhook.team())
                .put("teamID", webhook.team()).put("name", webhook.name())
                .put("createdAt", webhook.createdAt().toString())
                .put("enabled", webhook.enabled()).put("url", webhook.url().toString());
        ArrayNode events = json.putArray("events");
        List.of(EventType.values()).stream().filter(webhook.events()::contains).map(EventType::word)
                .forEach(events::add);
        if (!webhook.disabledReason().isEmpty()) {
            json.put("disabledReason", webhook.disabledReason());
        }
        ObjectNode deliveries = json.putObject("deliveries").put("replica", services.replica())
                .put("delivered", view.delivered()).put("refused", view.refused()).put("givenUp", view.givenUp())
                .put("skipped", view.skipped()).put("failures", view.failures());
        Instant since = view.failingSince();
        if (since != null) {
            deliveries.put("failingSince", since.toString()).put("lastError", view.lastError());
        }
        return json;
    }

    private <T> Future<T> future(CompletionStage<T> stage) {
        return Future.fromCompletionStage(stage, vertx.getOrCreateContext()).recover(failure -> {
            Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                    ? failure.getCause()
                    : failure;
            return Future.failedFuture(switch (cause) {
                case WebhookLimitException limit -> ApiException.of(409, String.valueOf(limit.getMessage()));
                case UncheckedIOException _ -> ApiException.of(503,
                        "The change could not be kept on this replica's disk and was taken back; try another replica");
                default -> cause;
            });
        });
    }

    private static <T> T required(String name, @Nullable T value) {
        if (value == null) {
            throw ApiException.invalid(name + ": (absent) (expected: name, url, events and signatureSecret)");
        }
        return value;
    }

    private static ApiException noSuchWebhook(ApiRequest request) {
        return ApiException.of(404, "Webhook \"" + ApiException.shown(request.pathId())
                + "\" doesn't exist or you don't have access to it");
    }
}
