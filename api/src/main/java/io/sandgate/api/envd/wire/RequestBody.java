package io.sandgate.api.envd.wire;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/// The body of a request, for one thread that may block.
///
/// The connection is read from only as fast as this is: at most [#AHEAD] pieces of at most 64 KiB wait here. A wait ends
/// at the latest when the connection is closed, which it is after its idle timeout.
public final class RequestBody extends InputStream {

    private static final int AHEAD = 8;

    private sealed interface Piece {}
    private record Data(Buffer bytes) implements Piece {}
    private enum End implements Piece {
        WHOLE, BROKEN
    }

    private final HttpServerRequest request;
    private final Context context;
    /// Bounded by what was asked for.
    private final BlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();
    private boolean begun;
    private @Nullable End end;
    private Buffer current = Buffer.buffer();
    private int position;

    /// Belongs on the event loop of the request, before anything else happens to it.
    RequestBody(HttpServerRequest request, Context context) {
        this.request = request;
        this.context = context;
        request.pause();
        request.handler(bytes -> pieces.add(new Data(bytes)));
        request.endHandler(v -> pieces.add(End.WHOLE));
        request.exceptionHandler(failure -> pieces.add(End.BROKEN));
    }

    @Override
    public int read() throws IOException {
        return advance() ? current.getByte(position++) & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        if (!advance()) {
            return -1;
        }
        int taken = Math.min(length, current.length() - position);
        current.getBytes(position, position + taken, target, offset);
        position += taken;
        return taken;
    }

    @Override
    public int available() {
        return current.length() - position;
    }

    /// Sees to it that there is an unread byte; false at the end.
    private boolean advance() throws IOException {
        while (position == current.length()) {
            if (end == null) {
                demand();
                switch (take()) {
                    case Data(Buffer bytes) -> {
                        current = bytes;
                        position = 0;
                    }
                    case End reached -> end = reached;
                }
            }
            if (end == End.BROKEN) {
                throw new IOException("the body broke off before its end");
            }
            if (end == End.WHOLE) {
                return false;
            }
        }
        return true;
    }

    private void demand() {
        boolean first = !begun;
        begun = true;
        context.runOnContext(v -> {
            if (first && "100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
                request.response().writeContinue();
            }
            request.fetch(first ? AHEAD : 1);
        });
    }

    private Piece take() throws IOException {
        try {
            return pieces.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the body");
        }
    }
}
