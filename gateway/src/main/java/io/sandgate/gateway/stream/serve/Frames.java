package io.sandgate.gateway.stream.serve;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.websocket.FrameBytes;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.List;
import java.util.zip.Deflater;

/// What subscribers get over WebSockets, as bytes.
final class Frames {
    /// After how many bytes a peer is asked how far it is. The kernels take much at once for one that reads slowly, and only
    /// its pongs tell how far it is in that.
    static final int UNASKED = 16 << 10;

    private Frames() {}

    /// One text message.
    static ByteBuf text(ByteBufAllocator allocator, Buffer text) {
        return write(allocator.directBuffer(text.length() + FrameBytes.LONGEST_HEAD), FrameBytes.TEXT, text);
    }

    /// One text message per event, with pings between them.
    static ByteBuf texts(ByteBufAllocator allocator, List<Entry> entries) {
        int length = 0;
        for (Entry entry : entries) {
            length += entry.json().length() + FrameBytes.LONGEST_HEAD;
        }
        ByteBuf out = allocator.directBuffer(length);
        int asked = 0;
        for (Entry entry : entries) {
            asked = ask(out, asked);
            write(out, FrameBytes.TEXT, entry.json());
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
            write(out, FrameBytes.DEFLATED, deflate.payload(epoch, entry, deflater));
        }
        return out;
    }

    /// Returns where the last ping is.
    private static int ask(ByteBuf out, int asked) {
        if (out.writerIndex() - asked < UNASKED) {
            return asked;
        }
        FrameBytes.ping(out);
        return out.writerIndex();
    }

    private static ByteBuf write(ByteBuf out, int first, Buffer payload) {
        ByteBuf bytes = ((BufferInternal) payload).getByteBuf();
        return FrameBytes.head(out, first, bytes.readableBytes()).writeBytes(bytes, bytes.readerIndex(),
                bytes.readableBytes());
    }
}
