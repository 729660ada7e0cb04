package io.sandgate.e2e.bench;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/// Cuts what a server sends over one WebSocket into frames, and looks into only those that it is asked to. Confined to one
/// thread.
final class FrameReader {

    private static final int PING = 9;
    private static final int CLOSE = 8;
    private static final int LONGEST_HEAD = 10;

    private final byte[] head = new byte[LONGEST_HEAD];
    private final boolean keepsText;
    private int headSize;
    private long left;
    private byte[] payload = new byte[0];
    private int filled;
    private boolean inPayload;
    private long frames;
    private long bytes;
    private boolean closed;

    /// @param keepsText whether messages are to be given on
    FrameReader(boolean keepsText) {
        this.keepsText = keepsText;
    }

    /// Takes all of the bytes.
    ///
    /// @param messages gets each message, if they are to be given on
    /// @param pings gets the payload of each ping
    void read(ByteBuffer from, Consumer<byte[]> messages, Consumer<byte[]> pings) {
        while (from.hasRemaining()) {
            if (!inPayload) {
                head[headSize++] = from.get();
                if (headSize >= 2 && headSize == headLength()) {
                    begin();
                }
            } else {
                take(from);
            }
            if (inPayload && left == 0) {
                end(messages, pings);
            }
        }
    }

    private int headLength() {
        return switch (head[1] & 0x7f) {
            case 126 -> 4;
            case 127 -> LONGEST_HEAD;
            default -> 2;
        };
    }

    private void begin() {
        left = headSize == 2 ? head[1] & 0x7f : 0;
        for (int i = 2; i < headSize; i++) {
            left = left << 8 | (head[i] & 0xff);
        }
        bytes += headSize + left;
        inPayload = true;
        filled = 0;
        if (isKept()) {
            payload = new byte[Math.toIntExact(left)];
        }
    }

    private boolean isKept() {
        return keepsText || opcode() >= CLOSE;
    }

    private int opcode() {
        return head[0] & 0x0f;
    }

    private void take(ByteBuffer from) {
        int size = (int) Math.min(left, from.remaining());
        if (isKept()) {
            from.get(payload, filled, size);
            filled += size;
        } else {
            from.position(from.position() + size);
        }
        left -= size;
    }

    private void end(Consumer<byte[]> messages, Consumer<byte[]> pings) {
        inPayload = false;
        headSize = 0;
        if (opcode() == PING) {
            pings.accept(payload);
        } else if (opcode() == CLOSE) {
            closed = true;
        } else if (opcode() < CLOSE) {
            frames++;
            if (keepsText) {
                messages.accept(payload);
            }
        }
    }

    /// How many messages came.
    long frames() {
        return frames;
    }

    /// Of frames, with their heads.
    long bytes() {
        return bytes;
    }

    boolean isClosed() {
        return closed;
    }
}
