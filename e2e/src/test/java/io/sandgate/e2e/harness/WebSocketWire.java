package io.sandgate.e2e.harness;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/// A client of one WebSocket by RFC 6455 that reads only when it is asked to, answers pings, and knows permessage-deflate
/// without context takeover.
///
/// One thread reads; any thread may send.
final class WebSocketWire {

    /// What opens it, with each key the same: only the server's answer would prove anything by it.
    static final Map<String, String> UPGRADE = Map.of("Upgrade", "websocket", "Connection", "Upgrade",
            "Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==");
    /// The header that asks for shared compression.
    static final Map<String, String> COMPRESSED = Map.of("Sec-WebSocket-Extensions",
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover");

    private static final int TEXT = 1;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final int NO_CODE = 1005;
    private static final int BROKEN = 1006;
    private static final byte[] TAIL = {0, 0, (byte) 0xff, (byte) 0xff};

    private final InputStream in;
    private final OutputStream out;
    private final boolean answersPings;
    private volatile int closeCode = BROKEN;
    private volatile String closeReason = "";

    /// @param answersPings false for a client that hangs in a way that its kernel does not
    WebSocketWire(StreamWire wire, boolean answersPings) {
        in = wire.in();
        out = wire.out();
        this.answersPings = answersPings;
    }

    /// The next text message; null when the server closed.
    ///
    /// @throws IOException when the connection broke
    @Nullable
    String next() throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        boolean deflated = false;
        while (true) {
            int head = octet();
            int length = length(octet());
            byte[] payload = in.readNBytes(length);
            if (payload.length < length) {
                throw new EOFException("the connection was closed in a frame");
            }
            switch (head & 0x0f) {
                case CLOSE -> {
                    closed(payload);
                    return null;
                }
                case PING -> {
                    if (answersPings) {
                        send(PONG, payload);
                    }
                }
                case PONG -> {
                    // nobody asked
                }
                default -> {
                    deflated |= (head & 0x40) != 0;
                    message.write(payload);
                    if ((head & 0x80) != 0) {
                        byte[] whole = message.toByteArray();
                        return new String(deflated ? inflated(whole) : whole, StandardCharsets.UTF_8);
                    }
                }
            }
        }
    }

    private int octet() throws IOException {
        int octet = in.read();
        if (octet < 0) {
            throw new EOFException("the connection was closed without a close frame");
        }
        return octet;
    }

    private int length(int first) throws IOException {
        int bytes = switch (first) {
            case 126 -> 2;
            case 127 -> 8;
            default -> 0;
        };
        long length = bytes == 0 ? first : 0;
        for (int i = 0; i < bytes; i++) {
            length = length << 8 | octet();
        }
        return Math.toIntExact(length);
    }

    private void closed(byte[] payload) throws IOException {
        closeCode = payload.length < 2 ? NO_CODE : ((payload[0] & 0xff) << 8) | (payload[1] & 0xff);
        closeReason = payload.length < 2
                ? ""
                : new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8);
        try {
            send(CLOSE, payload);
        } catch (IOException e) {
            // it need not wait for this
        }
    }

    private static byte[] inflated(byte[] message) throws IOException {
        Inflater inflater = new Inflater(true);
        try {
            ByteArrayOutputStream whole = new ByteArrayOutputStream(4 * message.length);
            byte[] part = new byte[4096];
            for (byte[] input : new byte[][]{message, TAIL}) {
                inflater.setInput(input);
                for (int count = inflater.inflate(part); count > 0; count = inflater.inflate(part)) {
                    whole.write(part, 0, count);
                }
            }
            return whole.toByteArray();
        } catch (DataFormatException e) {
            throw new IOException("a message that is not deflated as it says", e);
        } finally {
            inflater.end();
        }
    }

    void sendText(String text) throws IOException {
        send(TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    /// Sends a pong that nobody asked for.
    void probe() throws IOException {
        send(PONG, new byte[0]);
    }

    /// Says that it goes.
    void sendClose(int code) throws IOException {
        send(CLOSE, new byte[]{(byte) (code >> 8), (byte) code});
    }

    /// Sends one frame, masked with zeros.
    synchronized void send(int opcode, byte[] payload) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream(payload.length + 14);
        frame.write(0x80 | opcode);
        if (payload.length < 126) {
            frame.write(0x80 | payload.length);
        } else if (payload.length < 1 << 16) {
            frame.writeBytes(new byte[]{(byte) 0xfe, (byte) (payload.length >> 8), (byte) payload.length});
        } else {
            frame.write(0xff);
            for (int shift = 56; shift >= 0; shift -= 8) {
                frame.write((int) ((long) payload.length >> shift));
            }
        }
        frame.writeBytes(new byte[4]);
        frame.writeBytes(payload);
        out.write(frame.toByteArray());
    }

    /// What the server closed it with; 1006 when it did not, or has not yet.
    int closeCode() {
        return closeCode;
    }

    String closeReason() {
        return closeReason;
    }
}
