package io.sandgate.api.envd;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// A client's end of a connection, spoken by hand; reads give up after ten seconds.
final class RawClient implements AutoCloseable {

    private static final int KEPT = 16 * 1024;

    private final Socket socket = new Socket();
    private final InputStream in;

    RawClient(int port) throws IOException {
        socket.setReceiveBufferSize(16 * 1024);
        socket.setSoTimeout(10_000);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        in = new BufferedInputStream(socket.getInputStream());
    }

    /// Sends text in ISO 8859-1.
    RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /// Sends the head of a POST, with these fields besides.
    RawClient post(String path, String type, String... fields) throws IOException {
        return send("POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Type: " + type + "\r\n"
                + String.join("\r\n", fields) + "\r\n\r\n");
    }

    /// Reads until a text came, and returns the last of what came up to it.
    String readUntil(String text) throws IOException {
        StringBuilder read = new StringBuilder();
        while (!endsWith(read, text)) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("ended after: " + read);
            }
            if (read.length() == KEPT) {
                read.delete(0, KEPT / 2);
            }
            read.append((char) next);
        }
        return read.toString();
    }

    private static boolean endsWith(StringBuilder read, String text) {
        int start = read.length() - text.length();
        return start >= 0 && read.indexOf(text, start) >= 0;
    }

    /// Whether something came that was not read.
    boolean hasAnswer() throws IOException {
        return in.available() > 0;
    }

    /// Reads this much.
    byte[] read(int length) throws IOException {
        return in.readNBytes(length);
    }

    /// All that is left, up to the end of the stream.
    String rest() throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
