package io.sandgate.gateway.stream.serve;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sandgate.gateway.stream.event.Entry;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/// Encodes batches once for the subscribers of one event loop, to which it belongs.
final class Encoder {
    private final SharedDeflate deflate;
    private final BatchMemo<ByteBuf> plain = new BatchMemo<>(ByteBuf::release);
    private final BatchMemo<ByteBuf> deflated = new BatchMemo<>(ByteBuf::release);
    private final BatchMemo<Buffer> eventStream = new BatchMemo<>(buffer -> {});

    /// Has memory outside of the heap while there are subscribers with compression.
    private @Nullable Deflater deflater;

    Encoder(SharedDeflate deflate) {
        this.deflate = deflate;
    }

    /// As WebSocket frames; the caller's to release.
    ByteBuf frames(ByteBufAllocator allocator, String epoch, List<Entry> entries) {
        return plain.get(epoch, entries, batch -> Frames.texts(allocator, batch)).retainedDuplicate();
    }

    /// As deflated WebSocket frames; the caller's to release.
    ByteBuf deflatedFrames(ByteBufAllocator allocator, String epoch, List<Entry> entries) {
        return deflated.get(epoch, entries, batch -> Frames.deflated(allocator, epoch, batch, deflate, deflater()))
                .retainedDuplicate();
    }

    private Deflater deflater() {
        Deflater present = deflater;
        if (present == null) {
            present = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
            deflater = present;
        }
        return present;
    }

    /// As server-sent events; must not be changed.
    Buffer eventStream(String epoch, List<Entry> entries) {
        return eventStream.get(epoch, entries, batch -> EventStream.events(epoch, batch));
    }

    /// Keeps nothing.
    void clear() {
        plain.clear();
        deflated.clear();
        eventStream.clear();
        Deflater present = deflater;
        if (present != null) {
            present.end();
            deflater = null;
        }
    }
}
