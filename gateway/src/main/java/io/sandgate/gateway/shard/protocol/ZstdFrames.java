package io.sandgate.gateway.shard.protocol;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.nio.ByteBuffer;
import java.util.Optional;

/// Frames that are parts of one Zstandard stream, each of them a message.
final class ZstdFrames implements FrameReader {
    /// The largest window, 8 MiB: what the format's own document asks each decoder for, and what one connection may cost.
    private static final int MAX_WINDOW_LOG = 23;
    /// JSON of the upstream's becomes about so much shorter.
    private static final int RATIO = 8;

    private final int maxMessage;
    private final ZstdDecompressCtx context = new ZstdDecompressCtx().setLongMax(MAX_WINDOW_LOG);
    private boolean over;

    ZstdFrames(int maxMessage) {
        this.maxMessage = maxMessage;
    }

    @Override
    public Optional<byte[]> read(byte[] frame) throws BadFrameException {
        if (over) {
            throw MessageBuffer.afterTheEnd();
        }
        try {
            if (frame.length > maxMessage) {
                throw MessageBuffer.tooLong(maxMessage);
            }
            byte[] message = decompress(frame);
            return message.length == 0 ? Optional.empty() : Optional.of(message);
        } catch (BadFrameException e) {
            close();
            throw e;
        }
    }

    /// The context can hold back output for which there was no room, so that it is asked until some room is left.
    private byte[] decompress(byte[] frame) throws BadFrameException {
        ByteBuffer input = ByteBuffer.wrap(frame);
        MessageBuffer message = new MessageBuffer(maxMessage, (long) frame.length * RATIO);
        try {
            boolean full = false;
            while (full || input.hasRemaining()) {
                int room = message.room();
                ByteBuffer output = ByteBuffer.wrap(message.array(), message.size(), room);
                context.decompressByteBufferStream(output, input);
                full = !output.hasRemaining();
                message.wrote(room - output.remaining());
            }
        } catch (ZstdException e) {
            throw new BadFrameException("frame: not Zstandard, or with a window of more than 8 MiB"
                    + " (expected: the next part of the stream)", e);
        }
        return message.toByteArray();
    }

    @Override
    public void close() {
        over = true;
        context.close();
    }
}
