package io.sandgate.api.envd.connect;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;

/// A message within a stream: one byte of flags, its length in four bytes, and its JSON.
public final class Envelope {

    /// What comes before the message.
    public static final int HEAD = 5;

    private static final int COMPRESSED = 0x01;
    private static final int END = 0x02;

    private Envelope() {}

    /// An envelope around a message.
    public static Buffer of(JsonObject message) {
        return of(0, message);
    }

    static Buffer end() {
        return of(END, new JsonObject());
    }

    static Buffer end(ConnectException failure) {
        return of(END, new JsonObject().put("error", failure.json()));
    }

    private static Buffer of(int flags, JsonObject message) {
        Buffer json = message.toBuffer();
        return Buffer.buffer(HEAD + json.length()).appendByte((byte) flags).appendInt(json.length())
                .appendBuffer(json);
    }

    /// Reads the next message of a request; nothing at the end. What is too long is refused before any of it is read.
    static Optional<Message> read(InputStream body, int max) throws IOException {
        byte[] head = body.readNBytes(HEAD);
        if (head.length == 0) {
            return Optional.empty();
        }
        if (head.length < HEAD) {
            throw ConnectException.invalid("the body ends within an envelope, after " + head.length + " bytes");
        }
        int flags = head[0];
        long length = Integer.toUnsignedLong(ByteBuffer.wrap(head).getInt(1));
        if ((flags & COMPRESSED) != 0) {
            throw ConnectException.invalid("the envelope is compressed (expected: one that is not)");
        }
        if (flags != 0) {
            throw ConnectException.invalid("envelope flags: " + flags + " (expected: 0)");
        }
        if (length > max) {
            throw new ConnectException(ConnectCode.RESOURCE_EXHAUSTED,
                    "envelope length: " + length + " (expected: at most " + max + " bytes)");
        }
        byte[] json = body.readNBytes((int) length);
        if (json.length < length) {
            throw ConnectException.invalid(
                    "the body ends within an envelope, after " + json.length + " of " + length + " bytes");
        }
        return Optional.of(Message.parse(json));
    }
}
