package io.sandgate.gateway.stream.log;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.Origin;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/// How an entry is written on disk: its length, the checksum of the length and of what follows, then its fields and the JSON
/// that clients get. The data are not written again: they are the end of the JSON.
final class RecordForm {
    /// Length and checksum.
    static final int HEADER = 8;
    /// No record is larger; a length over it was never written.
    static final int MAX_LENGTH = 256 << 20;

    private static final int LAST = 1;
    private static final int CLUSTER = 2;

    /// Something on disk is not what was written.
    static final class Damaged extends IOException {
        private static final long serialVersionUID = 1;

        Damaged(String message) {
            super(message);
        }
    }

    /// Writes one record behind what is there.
    static void write(ByteBuf out, Entry entry) {
        int start = out.writerIndex();
        out.writeZero(HEADER);
        Event event = entry.event();
        Instant at = event.at();
        out.writeLong(entry.seq()).writeLong(at.getEpochSecond()).writeInt(at.getNano());
        out.writeByte((event.last() ? LAST : 0) | (event.reach() == Event.Reach.CLUSTER ? CLUSTER : 0));
        text(out, event.kind());
        text(out, event.subject());
        text(out, event.sandbox());
        text(out, event.owner());
        text(out, entry.origin().replica());
        text(out, entry.origin().cursor().epoch());
        out.writeLong(entry.origin().cursor().seq()).writeInt(event.metadata().size());
        event.metadata().forEach((key, value) -> {
            text(out, key);
            text(out, value);
        });
        out.writeInt(ByteBufUtil.utf8Bytes(event.data())).writeInt(entry.json().length());
        out.writeBytes(entry.json().getBytes());
        int length = out.writerIndex() - start - HEADER;
        out.setInt(start, length);
        out.setInt(start + 4, checksum(length, out.nioBuffer(start + HEADER, length)));
    }

    /// What the second number of a header must be.
    static int checksum(int length, ByteBuffer payload) {
        CRC32C sum = new CRC32C();
        for (int shift = 24; shift >= 0; shift -= 8) {
            sum.update(length >>> shift);
        }
        sum.update(payload);
        return (int) sum.getValue();
    }

    /// Reads what is behind a header.
    static Entry read(byte[] bytes, int offset, int length) throws Damaged {
        ByteBuffer in = ByteBuffer.wrap(bytes, offset, length);
        try {
            return read(in);
        } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException
                | DateTimeException e) {
            throw new Damaged("record without its fields: " + e);
        }
    }

    private static Entry read(ByteBuffer in) {
        long seq = in.getLong();
        Instant at = Instant.ofEpochSecond(in.getLong(), in.getInt());
        int flags = in.get();
        String kind = text(in);
        String subject = text(in);
        String sandbox = text(in);
        String owner = text(in);
        Origin origin = new Origin(text(in), new Cursor(text(in), in.getLong()));
        Map<String, String> metadata = metadata(in);
        int data = in.getInt();
        byte[] json = new byte[Math.min(in.getInt(), in.remaining())];
        in.get(json);
        String text = new String(json, json.length - 1 - data, data, StandardCharsets.UTF_8);
        return new Entry(seq, new Event(kind, subject, (flags & LAST) != 0, at, sandbox, owner, metadata, text,
                (flags & CLUSTER) != 0 ? Event.Reach.CLUSTER : Event.Reach.REPLICA), origin, Buffer.buffer(json));
    }

    private static Map<String, String> metadata(ByteBuffer in) {
        int count = in.getInt();
        if (count == 0) {
            return Map.of();
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            String key = text(in);
            metadata.put(key, text(in));
        }
        return metadata;
    }

    private static void text(ByteBuf out, String text) {
        int at = out.writerIndex();
        out.writeInt(0);
        out.setInt(at, ByteBufUtil.writeUtf8(out, text));
    }

    private static String text(ByteBuffer in) {
        int length = in.getInt();
        String text = new String(in.array(), in.arrayOffset() + in.position(), length, StandardCharsets.UTF_8);
        in.position(in.position() + length);
        return text;
    }

    private RecordForm() {}
}
