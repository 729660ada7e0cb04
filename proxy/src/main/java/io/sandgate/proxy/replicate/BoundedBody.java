package io.sandgate.proxy.replicate;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import io.vertx.ext.web.codec.BodyCodec;
import io.vertx.ext.web.codec.spi.BodyStream;
import org.jspecify.annotations.Nullable;

/// The body of an answer that must not be longer than what an honest peer sends.
final class BoundedBody implements BodyStream<Buffer> {
    private final int maxBytes;
    private final Buffer body = Buffer.buffer();
    private final Promise<Buffer> result = Promise.promise();

    BoundedBody(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    static BodyCodec<Buffer> codec(int maxBytes) {
        return () -> new BoundedBody(maxBytes);
    }

    @Override
    public Future<Buffer> result() {
        return result.future();
    }

    @Override
    public Future<Void> write(Buffer data) {
        if (body.length() + data.length() > maxBytes) {
            result.tryFail(new OversizedAnswerException(maxBytes));
            return Future.failedFuture(new OversizedAnswerException(maxBytes));
        }
        body.appendBuffer(data);
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> end() {
        result.tryComplete(body);
        return Future.succeededFuture();
    }

    @Override
    public void handle(Throwable error) {
        result.tryFail(error);
    }

    @Override
    public WriteStream<Buffer> exceptionHandler(@Nullable Handler<Throwable> handler) {
        return this;
    }

    @Override
    public WriteStream<Buffer> setWriteQueueMaxSize(int maxSize) {
        return this;
    }

    @Override
    public boolean writeQueueFull() {
        return false;
    }

    @Override
    public WriteStream<Buffer> drainHandler(@Nullable Handler<Void> handler) {
        return this;
    }

    /// An answer that is longer than what an honest peer sends.
    static final class OversizedAnswerException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        OversizedAnswerException(int maxBytes) {
            super("answer: (expected: at most " + maxBytes + " bytes)");
        }
    }
}
