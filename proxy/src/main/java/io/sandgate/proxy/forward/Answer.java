package io.sandgate.proxy.forward;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;

/// The answer to one request, on its way from the sandbox or made here. Confined to the request's event loop.
final class Answer {

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private boolean untilClose;

    Answer(HttpServerRequest request) {
        this.request = request;
        this.response = request.response();
    }

    /// Whether the client has got its status.
    boolean isBegun() {
        return response.headWritten();
    }

    /// Streams a sandbox's answer to the client, as fast as the client takes it, up to but without its end.
    ///
    /// @param wire what the answer comes from
    /// @param last whether the client's connection is closed after it
    void stream(HttpClientResponse inbound, Wire wire, boolean last, Context context) {
        head(inbound);
        if (last) {
            response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        response.drainHandler(v -> wire.startReads());
        inbound.handler(chunk -> {
            response.write(chunk);
            if (response.writeQueueFull()) {
                wire.stopReads();
            }
        });
        // the first bytes of the body mostly come with the head, and then both go out together
        context.runOnContext(v -> {
            if (!response.headWritten() && !response.ended() && !response.closed()) {
                flushHead();
            }
        });
    }

    private void head(HttpClientResponse inbound) {
        int status = inbound.statusCode();
        response.setStatusCode(status);
        String phrase = inbound.statusMessage();
        // Vert.x knows a 304 by identity, which a phrase of its own would take from it
        if (status != 304 && !phrase.equals(HttpResponseStatus.valueOf(status).reasonPhrase())) {
            response.setStatusMessage(phrase);
        }
        FieldCopy.toClient(inbound.headers(), response.headers());
        boolean body = !request.method().equals(HttpMethod.HEAD) && status != 204 && status != 304;
        if (body && !response.headers().contains(HttpHeaders.CONTENT_LENGTH)) {
            if (request.version() == HttpVersion.HTTP_1_0) {
                untilClose = true;
            } else {
                response.setChunked(true);
            }
        }
    }

    private void flushHead() {
        if (untilClose) {
            response.write(Buffer.buffer());
        } else if (response.isChunked() || response.headers().contains(HttpHeaders.CONTENT_LENGTH)) {
            response.writeHead();
        }
    }

    /// Ends a sandbox's answer as the sandbox ended it.
    void end(HttpClientResponse inbound) {
        if (response.isChunked() && !inbound.trailers().isEmpty()) {
            FieldCopy.toClient(inbound.trailers(), response.trailers());
        }
        response.drainHandler(null);
        response.end();
        if (untilClose) {
            request.connection().close();
        }
    }

    /// Answers that the request is not forwarded.
    ///
    /// @param broken whether the connection cannot be used for another request
    void refuse(Refusal refusal, RequestBody body, boolean broken) {
        boolean close = broken || !body.isSkippable();
        boolean page = Navigation.wantsPage(request.getHeader(HttpHeaders.USER_AGENT),
                request.getHeader(HttpHeaders.ACCEPT), request.getHeader("Sec-Fetch-Mode"),
                request.getHeader("X-Requested-With"));
        response.headers().clear();
        response.setStatusCode(refusal.status());
        response.setStatusMessage(HttpResponseStatus.valueOf(refusal.status()).reasonPhrase());
        response.putHeader(HttpHeaders.CONTENT_TYPE, page ? ProxyErrors.PAGE_TYPE : ProxyErrors.JSON_TYPE);
        response.putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        response.putHeader("X-Content-Type-Options", "nosniff");
        if (refusal.isTransient()) {
            response.putHeader("Retry-After", "1");
        }
        if (refusal.status() == 405) {
            response.putHeader(HttpHeaders.ALLOW, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
        }
        if (close) {
            response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        response.end(page ? ProxyErrors.page(refusal) : ProxyErrors.json(refusal));
        if (broken) {
            request.connection().close();
        } else {
            body.discard(close);
        }
    }

    /// Cuts an answer off so that the client cannot take it for complete.
    void abort() {
        Wire wire = Wire.of(request.connection());
        if (untilClose) {
            wire.reset();
        } else {
            wire.close();
        }
    }
}
