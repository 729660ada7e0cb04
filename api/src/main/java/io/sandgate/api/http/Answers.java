package io.sandgate.api.http;

import io.sandgate.api.http.BodyReader.RefusedBodyException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/// Writes answers of the peer and admin listeners; an error is `{"code":<status>,"message":"…"}`.
public final class Answers {

    /// A percent sign that no two hexadecimal digits follow.
    private static final Pattern UNDECODABLE = Pattern.compile("%(?![0-9A-Fa-f]{2})");

    private static final Duration LINGER = Duration.ofSeconds(1);

    private Answers() {}

    /// Ends the response with a JSON body.
    public static void json(RoutingContext context, int status, JsonObject body) {
        HttpServerResponse response = context.response();
        if (!response.ended()) {
            response.setStatusCode(status).putHeader("content-type", "application/json; charset=utf-8");
            response.end(body.toBuffer());
        }
    }

    /// Ends the response with an error that says what happened and what to do.
    public static void error(RoutingContext context, int status, String message) {
        json(context, status, new JsonObject().put("code", status).put("message", message));
    }

    /// Reads the body as it is, whatever its content type says, and hands it over; refuses one that is longer.
    public static void withBody(RoutingContext context, int max, Consumer<Buffer> reader) {
        new BodyReader(max).read(context.request()).onComplete(read -> {
            switch (read.cause()) {
                case null -> accept(context, read.result(), reader);
                case RefusedBodyException refusal -> {
                    closeAfter(context);
                    error(context, refusal.status(), String.valueOf(refusal.getMessage()));
                }
                default -> context.fail(read.cause());
            }
        });
    }

    private static void accept(RoutingContext context, Buffer body, Consumer<Buffer> reader) {
        try {
            reader.accept(body);
        } catch (RuntimeException e) {
            context.fail(e);
        }
    }

    /// Makes the answer, which is still to be written, the last one of its connection: the request's body was not read to
    /// its end. What the client is still sending is dropped for a while, so that it gets to see the answer.
    public static void closeAfter(RoutingContext context) {
        context.response().putHeader("connection", "close");
        context.addEndHandler(done -> context.vertx().setTimer(LINGER.toMillis(),
                timer -> context.request().connection().close()));
    }

    /// Ends the response with 405 and the methods that there are.
    public static void methodNotAllowed(RoutingContext context, String allowed) {
        HttpServerRequest request = context.request();
        context.response().putHeader("allow", allowed);
        error(context, 405, request.method() + " " + request.path() + " is not a call (expected: " + allowed + ")");
    }

    /// Makes a router answer in this form for what its handlers and it itself refuse.
    public static void forFailures(Router router) {
        for (int status : new int[]{400, 404, 500}) {
            router.errorHandler(status, Answers::failure);
        }
    }

    /// Where the router fails to decode a path or a query, it says 500 of what the caller did.
    private static int status(RoutingContext context) {
        int status = context.statusCode() < 400 ? 500 : context.statusCode();
        return status == 500 && UNDECODABLE.matcher(context.request().uri()).find() ? 400 : status;
    }

    private static void failure(RoutingContext context) {
        int status = status(context);
        String path = context.request().path();
        error(context, status, switch (status) {
            case 400 -> "the path, the query or the form cannot be decoded (expected: percent-encoded UTF-8)";
            case 404 -> "there is no " + path + " here";
            case 500 -> "this replica failed to answer; its log says why";
            default -> "the request was refused";
        });
    }
}
