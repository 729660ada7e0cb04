package io.sandgate.api.stream;

import io.netty.channel.Channel;
import io.sandgate.api.http.Answers;
import io.sandgate.api.http.SocketUpgrade;
import io.sandgate.api.http.SocketUpgrade.Flaw;
import io.sandgate.api.stream.StreamQuery.RefusedException;
import io.sandgate.gateway.limit.Admission;
import io.sandgate.gateway.limit.ConnectionLimits;
import io.sandgate.gateway.limit.Lease;
import io.sandgate.gateway.limit.Refused;
import io.sandgate.gateway.stream.event.EventReader.Extent;
import io.sandgate.gateway.stream.pump.Subscription;
import io.sandgate.gateway.stream.serve.DeflateOffer;
import io.sandgate.gateway.stream.serve.Identity;
import io.sandgate.gateway.stream.serve.Subscribers;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;

/// `GET /events`: what happens, from a cursor on and then live, over a WebSocket when the request asks for one, else as
/// server-sent events.
///
/// What is wrong with a request is said before the upgrade, as `{"code","message","reason","epoch","floor","tip"}`.
public final class StreamApi {
    /// Where it is, on the public listener and on that for operators.
    public static final String PATH = "/events";

    private static final String EXTENSIONS = "Sec-WebSocket-Extensions";
    private static final String RETRY_SECONDS = "1";

    private final Subscribers subscribers;
    private final ConnectionLimits limits;

    /// @param limits of those who come by the public listener
    public StreamApi(Subscribers subscribers, ConnectionLimits limits) {
        this.subscribers = subscribers;
        this.limits = limits;
    }

    /// Adds the call for operators, who see everything.
    public void mount(Router router) {
        router.get(PATH).handler(context -> {
            if (context.request().getHeader("Origin") != null) {
                // a page of another site could otherwise have a browser read it
                refuse(context,
                        Refusal.forbidden("this call is not for pages in a browser (expected: no Origin header)"));
            } else {
                parse(context, Optional.empty())
                        .ifPresent(subscription -> take(context, subscription, Identity.OPERATOR, () -> {}));
            }
        });
        router.route(PATH).handler(context -> Answers.methodNotAllowed(context, "GET"));
    }

    /// Answers a team, which sees what belongs to it.
    ///
    /// @param keyId of the key, or empty for one of the settings
    public void handle(RoutingContext context, String team, String keyId) {
        Optional<Subscription> subscription = parse(context, Optional.of(team));
        if (subscription.isEmpty()) {
            return;
        }
        Admission admission = limits.admit(context.request().remoteAddress().hostAddress(),
                keyId.isEmpty() ? ":" + team : keyId);
        switch (admission) {
            case Lease lease -> take(context, subscription.get(), new Identity(team, keyId), lease::close);
            case Refused refused -> {
                context.response().putHeader("retry-after", Integer.toString(refused.retrySeconds()));
                refuse(context, new Refusal(refused.status(), "limit", refused.message()));
            }
        }
    }

    private Optional<Subscription> parse(RoutingContext context, Optional<String> team) {
        HttpServerRequest request = context.request();
        Optional<Flaw> flaw = request.canUpgradeToWebSocket() ? SocketUpgrade.flaw(request) : Optional.empty();
        if (flaw.isPresent()) {
            refuse(context, Refusal.upgrade(flaw.get()));
            return Optional.empty();
        }
        Optional<String> lastEventId = request.canUpgradeToWebSocket()
                ? Optional.empty()
                : Optional.ofNullable(request.getHeader("Last-Event-ID"));
        try {
            return Optional.of(new StreamQuery(context.queryParams(), lastEventId, extent()).parse(team));
        } catch (RefusedException e) {
            refuse(context, e.refusal());
            return Optional.empty();
        }
    }

    private void take(RoutingContext context, Subscription subscription, Identity who, Runnable closed) {
        switch (subscribers.take()) {
            case TAKEN -> open(context, subscription, who, closed);
            case FULL -> {
                closed.run();
                busy(context, "capacity",
                        "this replica has as many subscribers as it may have; try another one, or later");
            }
            case DRAINING -> {
                closed.run();
                busy(context, "draining", "this replica stops; go on at another one");
            }
        }
    }

    private void open(RoutingContext context, Subscription subscription, Identity who, Runnable closed) {
        if (context.request().canUpgradeToWebSocket()) {
            upgrade(context, subscription, who, closed);
        } else {
            HttpServerResponse response = context.response();
            response.setChunked(true).putHeader("content-type", "text/event-stream")
                    .putHeader("cache-control", "no-store").putHeader("x-accel-buffering", "no")
                    .putHeader("connection", "close");
            subscribers.serve(response, channel(context.request()), subscription, who, closed);
        }
    }

    private void upgrade(RoutingContext context, Subscription subscription, Identity who, Runnable closed) {
        HttpServerRequest request = context.request();
        String offers = request.getHeader(EXTENSIONS);
        Optional<String> deflate = subscribers.settings().compression() && offers != null
                ? DeflateOffer.answer(offers)
                : Optional.empty();
        deflate.ifPresent(answer -> context.response().putHeader(EXTENSIONS, answer));
        SocketUpgrade.accept(request).ifPresentOrElse(
                socket -> subscribers.serve(socket, deflate.isPresent(), subscription, who, closed), () -> {
                    subscribers.giveBack();
                    closed.run();
                });
    }

    private static Channel channel(HttpServerRequest request) {
        return ((ConnectionBase) request.connection()).channel();
    }

    private void busy(RoutingContext context, String reason, String message) {
        context.response().putHeader("retry-after", RETRY_SECONDS);
        refuse(context, new Refusal(503, reason, message));
    }

    private void refuse(RoutingContext context, Refusal refusal) {
        Answers.json(context, refusal.status(), refusal.json(extent()));
    }

    private Extent extent() {
        return subscribers.reader().extent();
    }
}
