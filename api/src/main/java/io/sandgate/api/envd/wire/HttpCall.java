package io.sandgate.api.envd.wire;

import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// One request and its answer, usable from any thread.
public final class HttpCall {

    private static final Duration LINGER = Duration.ofSeconds(1);
    /// An unread body of this size is read to its end, so that the connection can be used again.
    private static final long SMALL = 64 * 1024;

    private final HttpServerRequest request;
    private final Context context;
    private final RequestBody body;
    /// Belongs to the context.
    private boolean streaming;

    /// Belongs on the event loop of the request.
    public HttpCall(HttpServerRequest request, Context context) {
        this.request = request;
        this.context = context;
        this.body = new RequestBody(request, context);
    }

    /// The method, in capitals.
    public String method() {
        return request.method().name();
    }

    /// The path as it came.
    public String path() {
        return request.path();
    }

    /// The query as it came, without its question mark; empty where there is none.
    public String query() {
        return request.query() == null ? "" : request.query();
    }

    /// The first field of a name.
    public Optional<String> header(String name) {
        return Optional.ofNullable(request.getHeader(name));
    }

    /// All fields.
    public MultiMap headers() {
        return request.headers();
    }

    /// The body, for one reader.
    public RequestBody body() {
        return body;
    }

    /// Where the answer is to be touched.
    public Context context() {
        return context;
    }

    /// The answer; belongs to [#context].
    public HttpServerResponse response() {
        return request.response();
    }

    /// Answers with a status and no body.
    public void reply(int status, Map<String, String> fields) {
        reply(status, fields, Buffer.buffer());
    }

    /// Answers with a body.
    public void reply(int status, Map<String, String> fields, Buffer content) {
        context.runOnContext(v -> {
            HttpServerResponse response = request.response();
            if (response.ended() || response.closed()) {
                return;
            }
            response.setStatusCode(status);
            fields.forEach(response::putHeader);
            discardRest();
            response.end(content);
        });
    }

    /// Answers with JSON.
    public void json(int status, Buffer json) {
        reply(status, Map.of("content-type", "application/json"), json);
    }

    /// Answers with an error as envd's HTTP paths do. An answer that has begun is cut off, so that the client cannot take
    /// what it has for the whole.
    public void fail(HttpFailure failure) {
        context.runOnContext(v -> {
            if (streaming) {
                request.connection().close();
            } else {
                json(failure.status(), new JsonObject().put("code", failure.status())
                        .put("message", failure.getMessage()).toBuffer());
            }
        });
    }

    /// Begins an answer whose body is written piece by piece.
    ///
    /// @param length negative for an unknown one
    public ResponseBody stream(int status, Map<String, String> fields, long length) {
        context.runOnContext(v -> {
            streaming = true;
            HttpServerResponse response = request.response().setStatusCode(status);
            fields.forEach(response::putHeader);
            discardRest();
            if (length < 0) {
                response.setChunked(true);
            } else {
                response.putHeader("content-length", Long.toString(length));
            }
        });
        return new ResponseBody(context, request.response());
    }

    /// Drops what is left of the body: to its end when it is small, else for a while, so that the client gets to see the
    /// answer before the connection is closed. Belongs to [#context], before the answer is ended.
    public void discardRest() {
        if (request.isEnded()) {
            return;
        }
        request.handler(null).resume();
        String length = request.getHeader("content-length");
        if (length == null ? request.getHeader("transfer-encoding") != null : Long.parseLong(length) > SMALL) {
            if (!request.response().headWritten()) {
                request.response().putHeader("connection", "close");
            }
            context.owner().setTimer(LINGER.toMillis(), timer -> request.connection().close());
        }
    }
}
