package io.sandgate.api.stream;

import io.vertx.core.json.JsonObject;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// A client over a plain socket, which does nothing by itself: it reads and answers only when told to.
final class RawClient implements AutoCloseable {
    private static final int TIMEOUT = 10_000;
    static final int TEXT = 1;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    /// What came in one frame.
    record Frame(int opcode, boolean compressed, String text, int closeCode) {
        JsonObject json() {
            return new JsonObject(text);
        }
    }

    private final Socket socket;
    private final DataInputStream in;
    private final String head;

    RawClient(int port, String request) throws IOException {
        this(new Socket(InetAddress.getLoopbackAddress(), port), request);
    }

    private RawClient(Socket socket, String request) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(TIMEOUT);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
        socket.getOutputStream().write((request + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        StringBuilder lines = new StringBuilder();
        while (!lines.toString().endsWith("\r\n\r\n")) {
            lines.append((char) in.readUnsignedByte());
        }
        head = lines.toString();
    }

    static RawClient webSocket(int port, String uri, String... headers) throws IOException {
        return new RawClient(port,
                "GET " + uri + " HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
                        + lines(headers));
    }

    static RawClient eventStream(int port, String uri, String... headers) throws IOException {
        return new RawClient(port, "GET " + uri + " HTTP/1.1\r\nHost: x" + lines(headers));
    }

    /// One whose kernel keeps no more than a few packets for it.
    static RawClient narrowEventStream(int port, String uri) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4 << 10);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return new RawClient(socket, "GET " + uri + " HTTP/1.1\r\nHost: x");
    }

    private static String lines(String... headers) {
        StringBuilder lines = new StringBuilder();
        for (String header : headers) {
            lines.append("\r\n").append(header);
        }
        return lines.toString();
    }

    int status() {
        return Integer.parseInt(head.split(" ", 3)[1]);
    }

    String header(String name) {
        return head.lines().filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip()).findFirst().orElse("");
    }

    /// The body of an answer with a content length.
    JsonObject body() throws IOException {
        return new JsonObject(
                new String(in.readNBytes(Integer.parseInt(header("content-length"))), StandardCharsets.UTF_8));
    }

    Frame frame() throws IOException {
        int first = in.readUnsignedByte();
        int length = in.readUnsignedByte();
        length = length == 126 ? in.readUnsignedShort() : length == 127 ? (int) in.readLong() : length;
        byte[] payload = in.readNBytes(length);
        boolean compressed = (first & 0x40) != 0;
        int opcode = first & 0x0F;
        int code = opcode == CLOSE && length >= 2 ? (payload[0] & 0xFF) << 8 | (payload[1] & 0xFF) : 0;
        return new Frame(opcode, compressed,
                new String(compressed ? inflate(payload) : payload, StandardCharsets.UTF_8), code);
    }

    private static byte[] inflate(byte[] payload) {
        Inflater inflater = new Inflater(true);
        try {
            byte[] whole = Arrays.copyOf(payload, payload.length + 4);
            whole[payload.length + 2] = (byte) 0xFF;
            whole[payload.length + 3] = (byte) 0xFF;
            inflater.setInput(whole);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] chunk = new byte[4096];
            for (int count = inflater.inflate(chunk); count > 0; count = inflater.inflate(chunk)) {
                out.write(chunk, 0, count);
            }
            return out.toByteArray();
        } catch (DataFormatException e) {
            throw new IllegalStateException(e);
        } finally {
            inflater.end();
        }
    }

    /// The next message, with pings answered on the way.
    Frame message() throws IOException {
        while (true) {
            Frame frame = frame();
            if (frame.opcode() == PING) {
                send(PONG, "");
            } else {
                return frame;
            }
        }
    }

    List<Frame> messages(int count) throws IOException {
        List<Frame> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(message());
        }
        return all;
    }

    /// A message of server-sent events, its lines.
    List<String> sent() throws IOException {
        List<String> lines = new ArrayList<>();
        while (true) {
            String line = line();
            if (line.isEmpty() && !lines.isEmpty()) {
                return lines;
            }
            boolean chunk = line.isEmpty() || line.matches("[0-9a-f]{1,6}");
            if (!chunk) {
                lines.add(line);
            }
        }
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int each = in.readUnsignedByte(); each != '\n'; each = in.readUnsignedByte()) {
            if (each != '\r') {
                line.write(each);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    void send(int opcode, String text) throws IOException {
        byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0x80 | opcode);
        out.write(0x80 | payload.length);
        // a mask of zeros
        out.writeBytes(new byte[4]);
        out.writeBytes(payload);
        socket.getOutputStream().write(out.toByteArray());
    }

    /// Whether the server closed, once all that it sent before has been read.
    boolean isEnded() {
        try {
            while (in.read() >= 0) {
                // what came before
            }
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /// Ends the connection while the test goes on.
    void leave() throws IOException {
        socket.close();
    }

    @Override
    public void close() throws IOException {
        leave();
    }
}
