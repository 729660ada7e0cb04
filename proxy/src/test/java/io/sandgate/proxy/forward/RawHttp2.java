package io.sandgate.proxy.forward;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;

/// One end of an HTTP/2 connection, spoken frame by frame, so that frames can be wrong; reads give up after ten seconds.
final class RawHttp2 implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int END_STREAM = 1;
    static final int ACK = 1;
    static final int END_HEADERS = 4;

    static final int PROTOCOL_ERROR = 1;
    static final int ENHANCE_YOUR_CALM = 11;

    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    /// What came in one frame; numbers are those of RFC 9113.
    ///
    /// @param fields of a HEADERS frame, pseudo-header fields among them
    record Frame(int type, int flags, int stream, ByteBuffer payload, Map<String, String> fields) {
        boolean ends() {
            return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
        }

        /// The error of RST_STREAM or GOAWAY.
        int error() {
            return number(type == GOAWAY ? 4 : 0);
        }

        /// The number of four octets at a place of the payload.
        int number(int at) {
            return payload.getInt(at);
        }

        String text() {
            return StandardCharsets.ISO_8859_1.decode(payload.duplicate()).toString();
        }
    }

    /// One answer: fields by name, pseudo-header fields among them, and what followed.
    ///
    /// @param ending `end`, or the name of what ended it otherwise
    record Reply(Map<String, String> fields, String body, Map<String, String> trailers, String ending) {
        int status() {
            return Integer.parseInt(fields.getOrDefault(":status", "0"));
        }
    }

    private final RawPeer peer;
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false, 1 << 20);
    private final Deque<Frame> others = new ArrayDeque<>();

    private RawHttp2(RawPeer peer) {
        this.peer = peer;
    }

    /// A client that has sent its preface and empty settings.
    static RawHttp2 of(RawPeer peer) throws IOException {
        RawHttp2 client = new RawHttp2(peer);
        peer.send(PREFACE);
        return client.frame(SETTINGS, 0, 0, new byte[0]);
    }

    RawHttp2 frame(int type, int flags, int stream, byte[] payload) throws IOException {
        peer.send(bytes(type, flags, stream, payload));
        return this;
    }

    static byte[] bytes(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length).put((byte) (payload.length >> 16))
                .putShort((short) payload.length)
                .put((byte) type).put((byte) flags).putInt(stream).put(payload).array();
    }

    RawHttp2 send(byte[] frames) throws IOException {
        peer.send(frames);
        return this;
    }

    /// Opens a stream with fields that are given as name, value, name, value.
    RawHttp2 headers(int stream, boolean end, String... fields) throws IOException {
        return frame(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, block(fields));
    }

    RawHttp2 get(int stream, String host, String path, String... fields) throws IOException {
        return headers(stream, true, request("GET", host, path, fields));
    }

    static String[] request(String method, String host, String path, String... fields) {
        String[] all = new String[8 + fields.length];
        String[] first = {":method", method, ":scheme", "http", ":path", path, ":authority", host};
        System.arraycopy(first, 0, all, 0, 8);
        System.arraycopy(fields, 0, all, 8, fields.length);
        return all;
    }

    RawHttp2 data(int stream, boolean end, String text) throws IOException {
        return frame(DATA, end ? END_STREAM : 0, stream, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /// Fields as literals without indexing and without Huffman codes (RFC 7541, 6.2.2).
    static byte[] block(String... fields) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < fields.length; i += 2) {
            out.write(0);
            string(out, fields[i]);
            string(out, fields[i + 1]);
        }
        return out.toByteArray();
    }

    private static void string(ByteArrayOutputStream out, String text) {
        byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
        int rest = octets.length - 127;
        out.write(Math.min(127, octets.length));
        if (rest >= 0) {
            while (rest >= 128) {
                out.write(rest % 128 + 128);
                rest /= 128;
            }
            out.write(rest);
        }
        out.writeBytes(octets);
    }

    /// The next frame of whatever kind; settings and pings are answered.
    Frame next() throws IOException {
        Frame kept = others.poll();
        return kept == null ? read() : kept;
    }

    private Frame read() throws IOException {
        byte[] head = peer.text(9).getBytes(StandardCharsets.ISO_8859_1);
        int length = ((head[0] & 0xff) << 16) | ((head[1] & 0xff) << 8) | (head[2] & 0xff);
        byte[] payload = peer.text(length).getBytes(StandardCharsets.ISO_8859_1);
        int stream = ByteBuffer.wrap(head).getInt(5) & Integer.MAX_VALUE;
        // in the order in which they come, since each may add to the compressor's table
        Frame frame = new Frame(head[3], head[4], stream, ByteBuffer.wrap(payload),
                head[3] == HEADERS ? decode(stream, payload) : Map.of());
        if ((frame.type == SETTINGS || frame.type == PING) && (frame.flags & ACK) == 0) {
            acknowledge(frame);
        }
        return frame;
    }

    private void acknowledge(Frame frame) throws IOException {
        try {
            frame(frame.type, ACK, 0, (frame.type == PING ? frame.text() : "").getBytes(StandardCharsets.ISO_8859_1));
        } catch (SocketException e) {
            // closed by the other end; what it said before can still be read
        }
    }

    /// The next frame of a kind, on whatever stream.
    Frame next(int type) throws IOException {
        Frame frame = next();
        while (frame.type != type) {
            frame = next();
        }
        return frame;
    }

    /// A whole answer on a stream. Frames of other streams are kept for later.
    Reply reply(int stream) throws IOException {
        Map<String, String> fields = null;
        Map<String, String> trailers = new TreeMap<>();
        StringBuilder body = new StringBuilder();
        Deque<Frame> kept = new ArrayDeque<>();
        for (Frame frame = next();; frame = next()) {
            if (frame.type == GOAWAY) {
                return new Reply(fields == null ? Map.of() : fields, body.toString(), trailers,
                        "goaway " + frame.error());
            }
            if (frame.stream != stream) {
                if (frame.stream != 0) {
                    kept.add(frame);
                }
                continue;
            }
            switch (frame.type) {
                case HEADERS -> {
                    Map<String, String> decoded = frame.fields;
                    if (fields == null || fields.getOrDefault(":status", "").startsWith("1")) {
                        fields = decoded;
                    } else {
                        trailers = decoded;
                    }
                }
                case DATA -> body.append(frame.text());
                case RST_STREAM -> {
                    others.addAll(kept);
                    return new Reply(fields == null ? Map.of() : fields, body.toString(), trailers,
                            "reset " + frame.error());
                }
                default -> {
                }
            }
            if (frame.ends()) {
                others.addAll(kept);
                return new Reply(fields == null ? Map.of() : fields, body.toString(), trailers, "end");
            }
        }
    }

    private Map<String, String> decode(int stream, byte[] block) {
        Map<String, String> fields = new TreeMap<>();
        ByteBuf in = Unpooled.wrappedBuffer(block);
        try {
            Http2Headers headers = decoder.decodeHeaders(stream, in);
            headers.forEach(field -> fields.merge(field.getKey().toString(), field.getValue().toString(),
                    (a, b) -> a + "|" + b));
        } catch (Http2Exception e) {
            throw new AssertionError(e);
        }
        return fields;
    }

    /// How the connection ends; what comes before is dropped.
    String ending() {
        try {
            for (;;) {
                next();
            }
        } catch (IOException e) {
            return e instanceof java.net.SocketTimeoutException ? "open" : "closed";
        }
    }

    @Override
    public void close() throws IOException {
        peer.close();
    }
}
