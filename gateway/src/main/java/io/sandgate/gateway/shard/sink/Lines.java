package io.sandgate.gateway.shard.sink;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.sandgate.gateway.shard.protocol.RawJson;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Events as text, one JSON object on a line for each:
/// `{"shard":[0,16],"session":"…","seq":5,"type":"…","data":{…}}`.
final class Lines {

    /// What the lines are like.
    ///
    /// @param data the name of the member that has the event's `d`
    /// @param most the bytes that `d` may have; null stands for a longer one, followed by `"omitted":` and how many it has
    record Form(String data, int most) {
        /// All of each event.
        static final Form WHOLE = new Form("data", Integer.MAX_VALUE);
    }

    /// More than the names, the numbers and the session of a line have.
    private static final int OVERHEAD = 256;
    /// What is kept of the memory that one very large event took.
    private static final int KEPT = 4 << 20;

    private final Form form;
    private byte[] bytes = new byte[8192];
    private int size;

    Lines(Form form) {
        this.form = form;
    }

    /// About how many bytes an event's line will have.
    static int estimate(GatewayEvent event) {
        return event.data().length() + OVERHEAD;
    }

    void clear() {
        size = 0;
        if (bytes.length > KEPT) {
            bytes = new byte[KEPT];
        }
    }

    void add(GatewayEvent event) {
        append("{\"shard\":[" + event.shard().number() + "," + event.shard().count() + "],\"session\":\"");
        append(JsonStringEncoder.getInstance().quoteAsUTF8(event.sessionId()));
        append("\",\"seq\":" + event.sequence() + ",\"type\":\"");
        append(JsonStringEncoder.getInstance().quoteAsUTF8(event.type()));
        append("\",\"" + form.data() + "\":");
        if (event.data().length() <= form.most()) {
            appendOnOneLine(event.data());
            append("}\n");
        } else {
            append("null,\"omitted\":" + event.data().length() + "}\n");
        }
    }

    /// The lines so far, in a buffer that is of use until the next change.
    ByteBuffer toBuffer() {
        return ByteBuffer.wrap(bytes, 0, size);
    }

    private void append(String text) {
        append(text.getBytes(StandardCharsets.US_ASCII));
    }

    private void append(byte[] more) {
        makeRoom(more.length);
        System.arraycopy(more, 0, bytes, size, more.length);
        size += more.length;
    }

    /// Line ends in JSON are spaces between its parts: inside of strings they are not allowed.
    private void appendOnOneLine(RawJson json) {
        makeRoom(json.length());
        for (int i = json.from(); i < json.to(); i++) {
            byte b = json.bytes()[i];
            bytes[size++] = b == '\n' || b == '\r' ? (byte) ' ' : b;
        }
    }

    private void makeRoom(int more) {
        if (more > bytes.length - size) {
            bytes = Arrays.copyOf(bytes,
                    Math.max(Math.addExact(size, more), (int) Math.min(2L * bytes.length, 1 << 30)));
        }
    }
}
