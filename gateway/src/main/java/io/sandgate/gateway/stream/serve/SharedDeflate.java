package io.sandgate.gateway.stream.serve;

import io.sandgate.gateway.stream.event.Entry;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/// The events as permessage-deflate sends them (RFC 7692), each deflated by itself and once for all subscribers, but for
/// event loops that need it at the same moment: no message refers to one before it. Thread-safe.
final class SharedDeflate {
    private static final int KEPT = 4096;
    /// Longer ones are deflated anew for each batch, so that what is kept has a bound.
    private static final int MAX_KEPT = 8 << 10;
    /// The end of a block that was flushed, which is not sent.
    private static final int TAIL = 4;
    private static final int CHUNK = 4096;

    private record Deflated(String epoch, long seq, Buffer payload) {}

    private final AtomicReferenceArray<@Nullable Deflated> kept = new AtomicReferenceArray<>(KEPT);

    /// The payload of the event's message; must not be changed.
    ///
    /// @param deflater without a header; the caller's
    Buffer payload(String epoch, Entry entry, Deflater deflater) {
        int slot = (int) (entry.seq() % KEPT);
        Deflated known = kept.get(slot);
        if (known != null && known.seq() == entry.seq() && known.epoch().equals(epoch)) {
            return known.payload();
        }
        Buffer payload = deflate(entry.json().getBytes(), deflater);
        if (payload.length() <= MAX_KEPT) {
            kept.set(slot, new Deflated(epoch, entry.seq(), payload));
        }
        return payload;
    }

    private static Buffer deflate(byte[] text, Deflater deflater) {
        deflater.reset();
        deflater.setInput(text);
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length / 2 + TAIL);
        byte[] chunk = new byte[CHUNK];
        int length;
        do {
            length = deflater.deflate(chunk, 0, CHUNK, Deflater.SYNC_FLUSH);
            out.write(chunk, 0, length);
        } while (length == CHUNK);
        byte[] all = out.toByteArray();
        return Buffer.buffer(Arrays.copyOf(all, all.length - TAIL));
    }
}
