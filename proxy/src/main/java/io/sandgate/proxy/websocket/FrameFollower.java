package io.sandgate.proxy.websocket;

import io.netty.buffer.ByteBuf;

/// Follows the frames of one direction of a WebSocket by their headers, so that it is known where another one could be put.
///
/// Payloads are stepped over and nothing is checked: what is wrong is for the two ends to find. After a length that cannot be,
/// there is no boundary any more.
public final class FrameFollower {
    private static final int CLOSE = 0x8;
    private static final int OPCODE = 0x0f;
    private static final int MASKED = 0x80;
    private static final int LENGTH = 0x7f;
    private static final int TWO_BYTES = 126;
    private static final int EIGHT_BYTES = 127;
    private static final int KEY = 4;

    /// What is left of the present frame's payload.
    private long payload;
    /// How many bytes of the present frame's header have come.
    private int header;
    /// How many bytes of a longer length, and of the masking key, are still to come.
    private int lengthBytes;
    private int keyBytes;
    private boolean closing;

    /// Takes what comes next; leaves the buffer as it is.
    public void follow(ByteBuf bytes) {
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        while (at < end) {
            if (header == 0 && payload != 0) {
                long step = payload < 0 ? end - at : Math.min(payload, end - at);
                payload -= payload < 0 ? 0 : step;
                at += (int) step;
            } else {
                takeHeader(bytes.getByte(at));
                at++;
            }
        }
    }

    private void takeHeader(byte next) {
        if (header == 0) {
            closing |= (next & OPCODE) == CLOSE;
            header = 1;
            return;
        }
        if (header == 1) {
            int length = next & LENGTH;
            keyBytes = (next & MASKED) == 0 ? 0 : KEY;
            lengthBytes = length == TWO_BYTES ? 2 : length == EIGHT_BYTES ? 8 : 0;
            payload = lengthBytes == 0 ? length : 0;
            header = 2;
        } else if (lengthBytes > 0) {
            payload = payload << 8 | (next & 0xff);
            lengthBytes--;
        } else {
            keyBytes--;
        }
        if (lengthBytes == 0 && keyBytes == 0) {
            header = 0;
        }
    }

    /// Whether another frame may come next: the last one is whole, and none of them was the last word.
    public boolean isOpen() {
        return header == 0 && payload == 0 && !closing;
    }
}
