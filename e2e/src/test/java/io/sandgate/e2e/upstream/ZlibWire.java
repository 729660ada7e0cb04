package io.sandgate.e2e.upstream;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocketBase;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.Deflater;

/// `zlib-stream`: one stream for the connection, flushed after each message, so that each ends with `00 00 ff ff`.
final class ZlibWire implements Wire {
    private static final int MIB = 1 << 20;

    private final Deflater deflater = new Deflater(Deflater.BEST_SPEED);

    @Override
    public void write(WebSocketBase socket, String message) {
        socket.writeBinaryMessage(
                deflate(deflater, message.getBytes(StandardCharsets.UTF_8), Deflater.SYNC_FLUSH));
    }

    /// A MiB of spaces as blocks that refer to nothing before them, as often as asked for.
    @Override
    public Optional<Buffer> bomb(int mebibytes) {
        Deflater raw = new Deflater(Deflater.BEST_COMPRESSION, true);
        try {
            byte[] spaces = new byte[MIB];
            Arrays.fill(spaces, (byte) ' ');
            Buffer piece = deflate(raw, spaces, Deflater.FULL_FLUSH);
            Buffer bomb = Buffer.buffer(piece.length() * mebibytes);
            for (int i = 0; i < mebibytes; i++) {
                bomb.appendBuffer(piece);
            }
            return Optional.of(bomb);
        } finally {
            raw.end();
        }
    }

    private static Buffer deflate(Deflater deflater, byte[] bytes, int flush) {
        Buffer out = Buffer.buffer();
        byte[] chunk = new byte[2048];
        deflater.setInput(bytes);
        int length;
        do {
            length = deflater.deflate(chunk, 0, chunk.length, flush);
            out.appendBytes(chunk, 0, length);
        } while (length == chunk.length);
        return out;
    }

    @Override
    public void close() {
        deflater.end();
    }
}
