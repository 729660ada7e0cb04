package io.sandgate.api.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.regex.Pattern;

/// Writes answers of the peer and admin listeners; an error is `{"code":<status>,"message":"…"}`.
public final class Answers {

    /// A percent sign that no two hexadecimal digits follow.
    private static final Pattern UNDECODABLE = Pattern.compile("%(?![0-9A-Fa-f]{2})");

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

    /// Ends the response with 405 and the methods that there are.
    public static void methodNotAllowed(RoutingContext context, String allowed) {
        HttpServerRequest request = context.request();
        context.response().putHeader("allow", allowed);
        error(context, 405, request.method() + " " + request.path() + " is not a call (expected: " + allowed + ")");
    }

    /// Makes a router answer in this form for what its handlers and it itself refuse.
    public static void forFailures(Router router) {
        for (int status : new int[]{400, 404, 413, 500}) {
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
            case 413 -> "the body is too large";
            case 500 -> "this replica failed to answer; its log says why";
            default -> "the request was refused";
        });
        // what is left of a refused body must not be read as the next request
        if (status == 413) {
            context.request().connection().close();
        }
    }
}
