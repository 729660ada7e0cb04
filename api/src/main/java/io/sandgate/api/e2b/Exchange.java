package io.sandgate.api.e2b;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.sandgate.api.http.Answers;
import io.sandgate.api.http.BodyReader;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.util.Objects;
import java.util.function.Function;

/// Turns HTTP requests into calls and replies into HTTP responses, and counts them.
final class Exchange {
    private static final String REQUEST_ID = "sandgate.request-id";
    private static final String ROUTE = "sandgate.route";

    private final Vertx vertx;
    private final BodyReader bodies;
    private final RequestIds requestIds;
    private final MeterRegistry meters;

    Exchange(Vertx vertx, E2bServices services, int maxBody) {
        this.vertx = vertx;
        this.bodies = new BodyReader(maxBody);
        this.requestIds = new RequestIds(services.requestIds());
        this.meters = services.meters();
    }

    /// What comes before all else: the request id and the clock.
    void open(RoutingContext ctx) {
        String requestId = requestIds.of(ctx.request());
        ctx.put(REQUEST_ID, requestId);
        ctx.response().putHeader(RequestIds.HEADER, requestId);
        Timer.Sample sample = Timer.start(meters);
        ctx.addEndHandler(ended -> sample.stop(Timer.builder("sandgate.api.requests")
                .description("requests to the lifecycle API").tag("method", ctx.request().method().name())
                .tag("route", Objects.requireNonNullElse(ctx.<String>get(ROUTE), "none"))
                .tag("status", ended.succeeded() ? Integer.toString(ctx.response().getStatusCode()) : "aborted")
                .register(meters)));
        ctx.next();
    }

    /// A handler for one path.
    ///
    /// @param route the path's template, as a tag of the metrics
    /// @param identity who calls; throws for nobody
    Handler<RoutingContext> handler(String route, Function<HttpServerRequest, Caller> identity, ApiCall call) {
        return ctx -> {
            ctx.put(ROUTE, route);
            answer(ctx, read(ctx, identity).compose(call::handle));
        };
    }

    /// A handler whose call answers by itself.
    ///
    /// @param identity who calls; throws for nobody
    Handler<RoutingContext> extension(Extension extension, Function<HttpServerRequest, Caller> identity) {
        return ctx -> {
            ctx.put(ROUTE, extension.path());
            if (extension.hasOwnPass().test(ctx)) {
                extension.call().handle(ctx, "", "");
                return;
            }
            Caller caller;
            try {
                caller = identity.apply(ctx.request());
            } catch (RuntimeException e) {
                write(ctx, ErrorReplies.of(e, requestId(ctx)));
                return;
            }
            extension.call().handle(ctx, caller.team(), caller.keyId());
        };
    }

    /// A handler that needs nothing of the request.
    Handler<RoutingContext> fixed(String route, Function<RoutingContext, Reply> reply) {
        return ctx -> {
            ctx.put(ROUTE, route);
            Future<Reply> made;
            try {
                made = Future.succeededFuture(reply.apply(ctx));
            } catch (RuntimeException e) {
                made = Future.failedFuture(e);
            }
            answer(ctx, made);
        };
    }

    /// Answers for a path that cannot be decoded; at once, or the router answers in its own words.
    void malformed(RoutingContext ctx) {
        write(ctx, ErrorReplies.of(ApiException.invalid("The path is not a percent-encoded one"), requestId(ctx)));
    }

    /// Answers for a handler that failed; at once, as above.
    void failed(RoutingContext ctx) {
        Throwable failure = ctx.failure();
        write(ctx, ErrorReplies.of(failure == null ? ApiException.of(500, "The request failed") : failure,
                requestId(ctx)));
    }

    private Future<ApiRequest> read(RoutingContext ctx, Function<HttpServerRequest, Caller> identity) {
        try {
            Caller caller = identity.apply(ctx.request());
            Future<Buffer> body = bodies.read(ctx.request());
            String id = Objects.requireNonNullElse(ctx.pathParam("id"), "");
            String query = Objects.requireNonNullElse(ctx.request().query(), "");
            return body.map(bytes -> new ApiRequest(caller, requestId(ctx), id, query, bytes));
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }

    private void answer(RoutingContext ctx, Future<Reply> reply) {
        Context context = vertx.getOrCreateContext();
        reply.otherwise(failure -> ErrorReplies.of(failure, requestId(ctx)))
                .onSuccess(made -> context.runOnContext(ignored -> write(ctx, made)));
    }

    private void write(RoutingContext ctx, Reply reply) {
        HttpServerResponse response = ctx.response();
        if (response.ended() || response.closed()) {
            return;
        }
        response.setStatusCode(reply.status());
        reply.headers().forEach(response::putHeader);
        if (reply.last() && ctx.request().version() != HttpVersion.HTTP_2) {
            Answers.closeAfter(ctx);
        }
        if (reply.body().length() == 0) {
            response.end();
        } else {
            response.end(reply.body());
        }
    }

    private static String requestId(RoutingContext ctx) {
        return Objects.requireNonNullElse(ctx.<String>get(REQUEST_ID), "none");
    }
}
