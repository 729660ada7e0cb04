package io.sandgate.e2e.harness;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// One GET over a TCP connection of its own, whose answer nobody reads but the one who wants it.
///
/// So a test can stop reading, and the connection fills up as it does for a client that hangs. The head is read by the
/// constructor.
final class StreamWire implements AutoCloseable {

    private static final int CONNECT_MILLIS = 5_000;
    private static final int HEAD_MILLIS = 20_000;
    private static final int BUFFER = 8 * 1024;

    private final Socket socket = new Socket();
    private final InputStream in;
    private final OutputStream out;
    private final int status;
    private final Map<String, String> headers = new LinkedHashMap<>();

    /// @param receiveBuffer bytes that the kernel may keep for it; 0 for what is usual
    /// @throws UncheckedIOException when no head comes
    StreamWire(URI to, Map<String, String> sent, int receiveBuffer) {
        try {
            if (receiveBuffer > 0) {
                socket.setReceiveBufferSize(receiveBuffer);
            }
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(to.getHost(), to.getPort()), CONNECT_MILLIS);
            socket.setSoTimeout(HEAD_MILLIS);
            in = new BufferedInputStream(socket.getInputStream(), BUFFER);
            out = socket.getOutputStream();
            out.write(head(to, sent).getBytes(StandardCharsets.ISO_8859_1));
            status = Integer.parseInt(line().split(" ", 3)[1]);
            for (String field = line(); !field.isEmpty(); field = line()) {
                int colon = field.indexOf(':');
                headers.put(field.substring(0, colon).toLowerCase(Locale.ROOT), field.substring(colon + 1).strip());
            }
            socket.setSoTimeout(0);
        } catch (IOException e) {
            close();
            throw new UncheckedIOException("GET " + to, e);
        }
    }

    private static String head(URI to, Map<String, String> sent) {
        StringBuilder head = new StringBuilder("GET ").append(to.getRawPath());
        if (to.getRawQuery() != null) {
            head.append('?').append(to.getRawQuery());
        }
        head.append(" HTTP/1.1\r\nHost: ").append(to.getAuthority()).append("\r\n");
        sent.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        return head.append("\r\n").toString();
    }

    int status() {
        return status;
    }

    /// One header of the answer, by its name in small letters; empty when there is none.
    String header(String name) {
        return headers.getOrDefault(name, "");
    }

    /// The body of an answer that has a length.
    String body() {
        try {
            socket.setSoTimeout(HEAD_MILLIS);
            int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
            return new String(in.readNBytes(length), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    InputStream in() {
        return in;
    }

    OutputStream out() {
        return out;
    }

    /// The next line without its end.
    String line() throws IOException {
        return line(in);
    }

    static String line(InputStream from) throws IOException {
        StringBuilder line = new StringBuilder(64);
        for (int next = from.read(); next != '\n'; next = from.read()) {
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
