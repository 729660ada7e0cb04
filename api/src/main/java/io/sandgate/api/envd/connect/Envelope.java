package io.sandgate.api.envd.connect;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;

/// A message within a stream: one byte of flags, its length in four bytes, and its JSON.
public final class Envelope {

    /// What comes before the message.
    public static final int HEAD = 5;

    static final int COMPRESSED = 0x01;
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
}
