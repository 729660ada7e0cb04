package io.sandgate.gateway.shard.protocol;

import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Frames that are parts of one zlib stream, in which each message ends with a flush.
final class ZlibFrames implements FrameReader {
    private static final byte[] FLUSH = {0, 0, (byte) 0xff, (byte) 0xff};
    /// JSON of the upstream's becomes about so much shorter.
    private static final int RATIO = 6;

    private final int maxMessage;
    private final Inflater inflater = new Inflater();
    private MessageBuffer collected;
    private boolean over;

    ZlibFrames(int maxMessage) {
        this.maxMessage = maxMessage;
        collected = new MessageBuffer(maxMessage, 0);
    }

    @Override
    public Optional<byte[]> read(byte[] frame) throws BadFrameException {
        if (over) {
            throw MessageBuffer.afterTheEnd();
        }
        try {
            collected.add(frame);
            if (!collected.endsWith(FLUSH)) {
                return Optional.empty();
            }
            byte[] message = inflate();
            collected = new MessageBuffer(maxMessage, 0);
            return message.length == 0 ? Optional.empty() : Optional.of(message);
        } catch (BadFrameException e) {
            close();
            throw e;
        }
    }

    private byte[] inflate() throws BadFrameException {
        MessageBuffer message = new MessageBuffer(maxMessage, (long) collected.size() * RATIO);
        inflater.setInput(collected.array(), 0, collected.size());
        try {
            boolean full = true;
            while (full || !inflater.needsInput()) {
                int room = message.room();
                int count = inflater.inflate(message.array(), message.size(), room);
                message.wrote(count);
                if (inflater.finished() || inflater.needsDictionary()) {
                    throw new BadFrameException("frame: its zlib stream ends or wants a dictionary"
                            + " (expected: one stream for the whole connection)");
                }
                full = count == room;
            }
        } catch (DataFormatException e) {
            throw new BadFrameException("frame: not zlib (expected: the next part of the stream)", e);
        }
        return message.toByteArray();
    }

    @Override
    public void close() {
        over = true;
        inflater.end();
    }
}
