package io.sandgate.gateway.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;

/// WebSocket frames of a server as bytes (RFC 6455, section 5.2). They are not masked, and so the same for everyone.
public final class FrameBytes {
    /// Of a text message that is one frame.
    public static final int TEXT = 0x81;
    /// Of a deflated text message that is one frame.
    public static final int DEFLATED = 0xC1;
    /// How many bytes come before the payload, at most.
    public static final int LONGEST_HEAD = 10;

    private static final int CLOSE = 0x88;
    private static final int PING = 0x89;
    private static final int PONG = 0x8A;
    private static final int SHORT = 125;
    private static final int TWO_BYTES = 126;
    private static final int EIGHT_BYTES = 127;
    private static final int CODE_BYTES = 2;

    private FrameBytes() {}

    /// Writes what comes before a payload.
    ///
    /// @param first byte of the frame
    /// @param length of the payload
    public static ByteBuf head(ByteBuf out, int first, int length) {
        out.writeByte(first);
        if (length <= SHORT) {
            return out.writeByte(length);
        }
        return length <= 0xFFFF
                ? out.writeByte(TWO_BYTES).writeShort(length)
                : out.writeByte(EIGHT_BYTES).writeLong(length);
    }

    static ByteBuf text(ByteBufAllocator allocator, String text) {
        int length = ByteBufUtil.utf8Bytes(text);
        ByteBuf out = head(allocator.directBuffer(length + LONGEST_HEAD), TEXT, length);
        ByteBufUtil.writeUtf8(out, text);
        return out;
    }

    /// Writes a ping without data.
    public static ByteBuf ping(ByteBuf out) {
        return head(out, PING, 0);
    }

    static ByteBuf ping(ByteBufAllocator allocator) {
        return ping(allocator.directBuffer(2));
    }

    static ByteBuf pong(ByteBufAllocator allocator, ByteBuf data) {
        int length = data.readableBytes();
        return head(allocator.directBuffer(length + LONGEST_HEAD), PONG, length).writeBytes(data, data.readerIndex(),
                length);
    }

    /// @param reason cut to what fits
    static ByteBuf close(ByteBufAllocator allocator, int code, String reason) {
        String text = cut(reason);
        int length = CODE_BYTES + ByteBufUtil.utf8Bytes(text);
        ByteBuf out = head(allocator.directBuffer(length + LONGEST_HEAD), CLOSE, length).writeShort(code);
        ByteBufUtil.writeUtf8(out, text);
        return out;
    }

    /// The answer to a close frame.
    ///
    /// @param data what came with it
    static ByteBuf closeAnswer(ByteBufAllocator allocator, ByteBuf data) {
        int length = Math.min(data.readableBytes(), CODE_BYTES);
        return head(allocator.directBuffer(CODE_BYTES + 2), CLOSE, length).writeBytes(data, data.readerIndex(), length);
    }

    private static String cut(String reason) {
        int end = reason.length();
        while (ByteBufUtil.utf8Bytes(reason.substring(0, end)) > SHORT - CODE_BYTES) {
            end--;
        }
        return reason.substring(0, end);
    }
}
