package io.sandgate.e2e.upstream;

import com.github.luben.zstd.EndDirective;
import com.github.luben.zstd.ZstdCompressCtx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocketBase;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// `zstd-stream`: one frame for the connection, flushed after each message. The window is small, for there are many
/// connections.
final class ZstdWire implements Wire {
    private static final int WINDOW_LOG = 15;
    private static final int WINDOW = 1 << WINDOW_LOG;
    private static final int MIB = 1 << 20;

    private final ZstdCompressCtx context = new ZstdCompressCtx().setLevel(1).setWindowLog(WINDOW_LOG).setHashLog(12);

    @Override
    public void write(WebSocketBase socket, String message) {
        ByteBuffer in = ByteBuffer.wrap(message.getBytes(StandardCharsets.UTF_8));
        ByteBuffer chunk = ByteBuffer.allocate(2048);
        Buffer out = Buffer.buffer();
        boolean done;
        do {
            done = context.compressByteBufferStream(chunk, in, EndDirective.FLUSH);
            out.appendBytes(chunk.array(), 0, chunk.position());
            chunk.clear();
        } while (!done);
        socket.writeBinaryMessage(out);
    }

    /// Blocks of the kind that repeats one byte, each as large as the window lets it be: a header of three bytes, and the byte.
    @Override
    public Optional<Buffer> bomb(int mebibytes) {
        int header = WINDOW << 3 | 1 << 1;
        Buffer bomb = Buffer.buffer();
        for (int i = 0; i < mebibytes * (MIB / WINDOW); i++) {
            bomb.appendByte((byte) header).appendByte((byte) (header >> 8)).appendByte((byte) (header >> 16))
                    .appendByte((byte) ' ');
        }
        return Optional.of(bomb);
    }

    @Override
    public void close() {
        context.close();
    }
}
