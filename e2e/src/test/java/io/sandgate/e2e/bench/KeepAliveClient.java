package io.sandgate.e2e.bench;

import io.vertx.core.json.JsonObject;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// One HTTP/1.1 connection to a port of 127.0.0.1 that calls one after the other, at little cost of its own.
///
/// A call's time is from its first byte out to its last byte in. Confined to one thread.
final class KeepAliveClient implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 30_000;

    /// A whole answer.
    ///
    /// @param status its status
    /// @param body its body
    /// @param nanos how long it took
    record Reply(int status, String body, long nanos) {
        JsonObject json() {
            return new JsonObject(body);
        }
    }

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final String headers;

    /// @param headers sent with each call, each ended by `\r\n`
    KeepAliveClient(int port, String headers) {
        try {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            in = new BufferedInputStream(socket.getInputStream());
            out = socket.getOutputStream();
        } catch (IOException e) {
            throw new UncheckedIOException("127.0.0.1:" + port, e);
        }
        this.headers = "Host: 127.0.0.1:" + port + "\r\n" + headers;
    }

    /// Calls, and reads the whole answer.
    ///
    /// @param body empty for none
    /// @throws UncheckedIOException when no whole answer comes
    Reply call(String method, String path, String body) {
        String type = body.isEmpty() ? "" : "Content-Type: application/json\r\n";
        byte[] request = (method + " " + path + " HTTP/1.1\r\n" + headers + type + "Content-Length: " + body.length()
                + "\r\n\r\n" + body).getBytes(StandardCharsets.US_ASCII);
        long start = System.nanoTime();
        try {
            out.write(request);
            int status = Integer.parseInt(line().split(" ", 3)[1]);
            String content = new String(body(status), StandardCharsets.UTF_8);
            return new Reply(status, content, System.nanoTime() - start);
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + path, e);
        }
    }

    private byte[] body(int status) throws IOException {
        int length = 0;
        boolean chunked = false;
        for (String line = line(); !line.isEmpty(); line = line()) {
            String field = line.toLowerCase(Locale.ROOT);
            if (field.startsWith("content-length:")) {
                length = Integer.parseInt(field.substring("content-length:".length()).strip());
            }
            chunked |= field.startsWith("transfer-encoding:") && field.endsWith("chunked");
        }
        if (status == 204) {
            return new byte[0];
        }
        if (chunked) {
            throw new IOException("an answer in chunks (expected: one with a length)");
        }
        return in.readNBytes(length);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder(64);
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the connection was closed after \"" + line + "\"");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
