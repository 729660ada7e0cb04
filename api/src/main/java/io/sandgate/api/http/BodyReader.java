package io.sandgate.api.http;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;

/// Reads request bodies up to a bound, whatever their framing.
///
/// @param max bytes
public record BodyReader(int max) {

    /// A body that is not taken, with the status that says why.
    public static final class RefusedBodyException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final int status;

        RefusedBodyException(int status, String message) {
            super(message);
            this.status = status;
        }

        /// 400 or 413.
        public int status() {
            return status;
        }
    }

    /// Reads a body; fails with a [RefusedBodyException].
    public Future<Buffer> read(HttpServerRequest request) {
        String declared = request.getHeader("Content-Length");
        if (declared != null && Long.parseLong(declared) > max) {
            return Future.failedFuture(tooLarge());
        }
        if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
            request.response().writeContinue();
        }
        Promise<Buffer> result = Promise.promise();
        Buffer body = Buffer.buffer();
        request.exceptionHandler(failure -> result
                .tryFail(new RefusedBodyException(400, "The body broke off before its end")));
        request.handler(chunk -> {
            if (body.length() + chunk.length() > max) {
                result.tryFail(tooLarge());
            } else if (!result.future().isComplete()) {
                body.appendBuffer(chunk);
            }
        });
        request.endHandler(ignored -> result.tryComplete(body));
        request.resume();
        return result.future();
    }

    private RefusedBodyException tooLarge() {
        return new RefusedBodyException(413, "The body is larger than " + max + " bytes");
    }
}
