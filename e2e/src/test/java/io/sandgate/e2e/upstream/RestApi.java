package io.sandgate.e2e.upstream;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.time.Duration;

/// `GET /gateway` and `GET /gateway/bot`. Confined to the loop.
final class RestApi {
    private final UpstreamState state;
    private final String url;

    /// @param url of the WebSocket
    RestApi(UpstreamState state, String url) {
        this.state = state;
        this.url = url;
    }

    void answer(HttpServerRequest request) {
        HttpServerResponse response = request.response();
        switch (request.method() + " " + request.path()) {
            case "GET /gateway" -> end(response, 200, new JsonObject().put("url", url));
            case "GET /gateway/bot" -> bot(request, response);
            default -> end(response, 404, error("404: Not Found"));
        }
    }

    private void bot(HttpServerRequest request, HttpServerResponse response) {
        String authorization = request.getHeader("Authorization");
        if (state.modes().take(Mode.BOT_429)) {
            Duration wait = state.rules().restRetryAfter();
            response.putHeader("Retry-After", Long.toString(wait.plusMillis(999).toSeconds()));
            end(response, 429, new JsonObject().put("message", "You are being rate limited.")
                    .put("retry_after", wait.toMillis() / 1e3).put("global", false));
        } else if (state.modes().take(Mode.BOT_500)) {
            end(response, 500, error("500: Internal Server Error"));
        } else if (authorization == null || !authorization.startsWith("Bot ")
                || !state.isToken(authorization.substring(4))) {
            end(response, 401, error("401: Unauthorized"));
        } else {
            state.seen().botRequests.incrementAndGet();
            end(response, 200, limits());
        }
    }

    private JsonObject limits() {
        UpstreamRules rules = state.rules();
        long now = state.now();
        return new JsonObject().put("url", url).put("shards", rules.recommendedShards())
                .put("session_start_limit", new JsonObject().put("total", rules.startTotal())
                        .put("remaining", state.starts().remaining(now))
                        .put("reset_after", state.starts().resetAfter(now).toMillis())
                        .put("max_concurrency", rules.maxConcurrency()));
    }

    private static JsonObject error(String message) {
        return new JsonObject().put("message", message).put("code", 0);
    }

    private static void end(HttpServerResponse response, int status, JsonObject body) {
        response.setStatusCode(status).putHeader("Content-Type", "application/json").end(body.encode());
    }
}
