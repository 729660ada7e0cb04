package io.sandgate.proxy.replicate;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;

/// The body of an answer that must not be longer than what an honest peer sends.
final class BoundedBody {
    private final int maxBytes;
    private final Buffer body = Buffer.buffer();
    private final Promise<Buffer> result = Promise.promise();

    private BoundedBody(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /// Reads the rest of an answer; fails with [OversizedAnswerException] as soon as it is too long.
    static Future<Buffer> read(HttpClientResponse response, int maxBytes) {
        BoundedBody body = new BoundedBody(maxBytes);
        response.exceptionHandler(body.result::tryFail).endHandler(end -> body.result.tryComplete(body.body))
                .handler(body::add);
        return body.result.future();
    }

    private void add(Buffer piece) {
        if (body.length() + piece.length() > maxBytes) {
            result.tryFail(new OversizedAnswerException(maxBytes));
        } else {
            body.appendBuffer(piece);
        }
    }

    /// An answer that is longer than what an honest peer sends.
    static final class OversizedAnswerException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        OversizedAnswerException(int maxBytes) {
            super("answer: (expected: at most " + maxBytes + " bytes)");
        }
    }
}
