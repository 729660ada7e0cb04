package io.sandgate.proxy.forward;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// One end of an HTTP connection, spoken by hand; reads give up after ten seconds.
final class RawPeer implements AutoCloseable {

    private static final int READ_TIMEOUT = 10_000;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    RawPeer(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(READ_TIMEOUT);
        socket.setTcpNoDelay(true);
        this.in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
        this.out = socket.getOutputStream();
    }

    static RawPeer connect(int port) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(64 * 1024);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return new RawPeer(socket);
    }

    /// Its own address, as `host:port`.
    String address() {
        return socket.getLocalAddress().getHostAddress() + ":" + socket.getLocalPort();
    }

    /// Sends text in ISO 8859-1.
    RawPeer send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    RawPeer send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
        return this;
    }

    /// One line without its end; null at the end of the stream.
    String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("ended after: " + line);
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    /// A start line and its fields, lines ended with `\n`, without the empty one.
    String head() throws IOException {
        StringBuilder head = new StringBuilder();
        for (String line = line(); !line.isEmpty(); line = line()) {
            head.append(line).append('\n');
        }
        return head.toString();
    }

    /// A head and the body that its Content-Length announces.
    String message() throws IOException {
        String head = head();
        String length = field(head, "content-length");
        return head + "\n" + (length.isEmpty() ? "" : text(Integer.parseInt(length)));
    }

    String text(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new IOException("ended after " + bytes.length + " of " + length);
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    byte[] bytes(int length) throws IOException {
        return text(length).getBytes(StandardCharsets.ISO_8859_1);
    }

    /// Whether something can be read at once.
    boolean hasMore() throws IOException {
        return in.available() > 0;
    }

    /// The next chunk of a chunked body; empty for the last one, whose trailers are left to read.
    String chunk() throws IOException {
        int length = Integer.parseInt(line(), 16);
        if (length == 0) {
            return "";
        }
        String chunk = text(length);
        line();
        return chunk;
    }

    /// Reads and counts up to so many bytes, or to the end.
    long skip(long limit) throws IOException {
        byte[] buffer = new byte[256 * 1024];
        long total = 0;
        while (total < limit) {
            int read = in.read(buffer, 0, (int) Math.min(buffer.length, limit - total));
            if (read < 0) {
                break;
            }
            total += read;
        }
        return total;
    }

    /// All that is left, up to the end of the stream.
    String rest() throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /// How the connection ends: `end` in order, `reset`, or what came instead.
    String ending() {
        try {
            int next = in.read();
            return next < 0 ? "end" : "more: " + (char) next;
        } catch (java.net.SocketTimeoutException e) {
            return "open";
        } catch (IOException e) {
            return "reset";
        }
    }

    void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /// The value of a field, or empty.
    static String field(String head, String name) {
        for (String line : head.split("\n", -1)) {
            int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).equalsIgnoreCase(name)) {
                return line.substring(colon + 1).strip();
            }
        }
        return "";
    }
}
