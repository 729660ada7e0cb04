package io.sandgate.api.envd.wire;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.Semaphore;

/// The body of an answer, for one thread that may block: each write waits until at most [#AHEAD] writes are not yet with
/// the socket. A client that reads nothing is cut off by the idle timeout of its connection, which ends the wait.
public final class ResponseBody extends OutputStream {

    private static final int AHEAD = 8;

    private final Context context;
    private final HttpServerResponse response;
    private final Semaphore room = new Semaphore(AHEAD);
    private volatile boolean broken;

    ResponseBody(Context context, HttpServerResponse response) {
        this.context = context;
        this.response = response;
    }

    @Override
    public void write(int single) throws IOException {
        write(new byte[]{(byte) single}, 0, 1);
    }

    /// Copies the bytes.
    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return;
        }
        try {
            room.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the client was not reading");
        }
        if (broken) {
            throw new IOException("the client is gone");
        }
        Buffer copy = Buffer.buffer(length).appendBytes(bytes, offset, length);
        context.runOnContext(v -> response.write(copy).onComplete(done -> {
            broken |= done.failed();
            room.release();
        }));
    }

    /// Ends the answer in order.
    @Override
    public void close() {
        context.runOnContext(v -> {
            if (!response.ended() && !response.closed()) {
                response.end();
            }
        });
    }
}
