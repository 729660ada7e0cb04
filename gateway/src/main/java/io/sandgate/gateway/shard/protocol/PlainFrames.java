package io.sandgate.gateway.shard.protocol;

import java.util.Optional;

/// Frames that are messages as they are.
final class PlainFrames implements FrameReader {
    private final int maxMessage;
    private boolean over;

    PlainFrames(int maxMessage) {
        this.maxMessage = maxMessage;
    }

    @Override
    public Optional<byte[]> read(byte[] frame) throws BadFrameException {
        if (over) {
            throw MessageBuffer.afterTheEnd();
        }
        if (frame.length > maxMessage) {
            over = true;
            throw MessageBuffer.tooLong(maxMessage);
        }
        return Optional.of(frame);
    }

    @Override
    public void close() {
        over = true;
    }
}
