package io.sandgate.gateway.stream.serve;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sandgate.gateway.stream.event.Entry;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.List;
import java.util.zip.Deflater;

/// WebSocket frames of a server as bytes (RFC 6455, section 5.2). They are not masked, and so the same for everyone.
final class Frames {
    /// Final, text.
    private static final int TEXT = 0x81;
    /// Final, text, deflated.
    private static final int DEFLATED = 0xC1;
    private static final int PING = 0x8900;
    private static final int SHORT = 125;
    private static final int TWO_BYTES = 126;
    private static final int EIGHT_BYTES = 127;
    private static final int LONGEST_HEAD = 10;
    /// After how many bytes a peer is asked how far it is. The kernels take much at once for one that reads slowly, and only
    /// its pongs tell how far it is in that.
    static final int UNASKED = 16 << 10;

    private Frames() {}

    /// A ping without data.
    static ByteBuf ping(ByteBufAllocator allocator) {
        return allocator.directBuffer(2).writeShort(PING);
    }

    /// One text message.
    static ByteBuf text(ByteBufAllocator allocator, Buffer text) {
        return write(allocator.directBuffer(text.length() + LONGEST_HEAD), TEXT, text);
    }

    /// One text message per event, with pings between them.
    static ByteBuf texts(ByteBufAllocator allocator, List<Entry> entries) {
        int length = 0;
        for (Entry entry : entries) {
            length += entry.json().length() + LONGEST_HEAD;
        }
        ByteBuf out = allocator.directBuffer(length);
        int asked = 0;
        for (Entry entry : entries) {
            asked = ask(out, asked);
            write(out, TEXT, entry.json());
        }
        return out;
    }

    /// One deflated text message per event, with pings between them.
    static ByteBuf deflated(ByteBufAllocator allocator, String epoch, List<Entry> entries, SharedDeflate deflate,
            Deflater deflater) {
        ByteBuf out = allocator.directBuffer();
        int asked = 0;
        for (Entry entry : entries) {
            asked = ask(out, asked);
            write(out, DEFLATED, deflate.payload(epoch, entry, deflater));
        }
        return out;
    }

    /// Returns where the last ping is.
    private static int ask(ByteBuf out, int asked) {
        if (out.writerIndex() - asked < UNASKED) {
            return asked;
        }
        out.writeShort(PING);
        return out.writerIndex();
    }

    private static ByteBuf write(ByteBuf out, int first, Buffer payload) {
        ByteBuf bytes = ((BufferInternal) payload).getByteBuf();
        return head(out, first, bytes.readableBytes()).writeBytes(bytes, bytes.readerIndex(), bytes.readableBytes());
    }

    private static ByteBuf head(ByteBuf out, int first, int length) {
        out.writeByte(first);
        if (length <= SHORT) {
            return out.writeByte(length);
        }
        return length <= 0xFFFF
                ? out.writeByte(TWO_BYTES).writeShort(length)
                : out.writeByte(EIGHT_BYTES).writeLong(length);
    }
}
