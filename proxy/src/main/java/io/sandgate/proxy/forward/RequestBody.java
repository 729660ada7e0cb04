package io.sandgate.proxy.forward;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;

/// The body of one request: held back until there is where to send it, then streamed there, or thrown away.
///
/// Confined to the request's event loop.
final class RequestBody {

    /// How much of a body that nobody wants is read, so that a client which sends before it listens gets its answer.
    private static final int MAX_DISCARDED = 256 * 1024;
    private static final Duration MAX_DISCARD_TIME = Duration.ofSeconds(5);

    private final Vertx vertx;
    private final HttpServerRequest request;
    private final boolean present;
    private boolean touched;
    private boolean complete;

    /// Holds the body of a request back. To be called as the request arrives.
    RequestBody(Vertx vertx, HttpServerRequest request) {
        this.vertx = vertx;
        this.request = request;
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        this.present = length != null ? !length.equals("0") : request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
        this.complete = !present;
        if (present) {
            request.pause();
        }
    }

    /// Whether there is one.
    boolean isPresent() {
        return present;
    }

    /// Whether any of it was sent on, so that the request cannot be sent a second time.
    boolean isTouched() {
        return touched;
    }

    /// Whether the client has sent all of it.
    boolean isComplete() {
        return complete;
    }

    /// Whether the client waits to be told to send it. Answered otherwise, it may never send it, or send it all the same:
    /// what comes next on its connection cannot be told.
    boolean isAwaitingContinue() {
        return !complete && !touched && request.headers().contains(HttpHeaders.EXPECT);
    }

    /// Sends the request's head and streams the body after it, as fast as the sandbox takes it.
    void sendTo(HttpClientRequest outbound) {
        if (!present) {
            outbound.end();
            return;
        }
        if (outbound.headers().get(HttpHeaders.CONTENT_LENGTH) == null) {
            outbound.setChunked(true);
        }
        outbound.writeHead();
        request.handler(chunk -> {
            touched = true;
            outbound.write(chunk);
            if (outbound.writeQueueFull()) {
                request.pause();
            }
        });
        outbound.drainHandler(v -> request.resume());
        request.endHandler(v -> {
            complete = true;
            outbound.end();
        });
        request.resume();
    }

    /// Holds what is left of it back again.
    void hold() {
        if (!complete) {
            request.pause();
            request.handler(null);
            request.endHandler(null);
        }
    }

    /// Whether a connection on which this request is answered early can be used for another one afterwards.
    boolean isSkippable() {
        if (complete) {
            return true;
        }
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return length != null && length.length() <= 9 && Integer.parseInt(length) <= MAX_DISCARDED
                && !request.headers().contains(HttpHeaders.EXPECT);
    }

    /// Reads and forgets what is left after the request was answered; closes the connection when that takes too long, or
    /// at the end when it cannot be used again.
    void discard(boolean closeAtEnd) {
        if (complete) {
            if (closeAtEnd) {
                request.connection().close();
            }
            return;
        }
        long timer = vertx.setTimer(MAX_DISCARD_TIME.toMillis(), id -> request.connection().close());
        int[] read = {0};
        request.handler(chunk -> {
            read[0] += chunk.length();
            if (read[0] > MAX_DISCARDED) {
                vertx.cancelTimer(timer);
                request.connection().close();
            }
        });
        request.exceptionHandler(error -> vertx.cancelTimer(timer));
        request.endHandler(v -> {
            complete = true;
            vertx.cancelTimer(timer);
            if (closeAtEnd) {
                request.connection().close();
            }
        });
        request.resume();
    }
}
