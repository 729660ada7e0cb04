package io.sandgate.e2e.harness;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A client that sends one request after the other over plain sockets until it is told to end, and tries none of them twice: an
/// answer that does not come, or is not the expected one, is a failure.
public final class SteadyCaller implements Runnable, AutoCloseable {

    private static final int TIMEOUT_MILLIS = 20_000;

    private final int port;
    private final String request;
    private final String expected;
    private final boolean keeps;
    private final Duration pause;
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger answered = new AtomicInteger();
    private volatile boolean over;
    private @Nullable Socket socket;

    /// @param head of the request, its lines ended with CRLF, without the empty one
    /// @param expected what the body has to contain
    /// @param keeps whether it keeps its connection, as long as the answers let it
    /// @param pause after each answer
    public SteadyCaller(int port, String head, String body, String expected, boolean keeps, Duration pause) {
        this.port = port;
        this.request = head + (keeps ? "" : "Connection: close\r\n") + "\r\n" + body;
        this.expected = expected;
        this.keeps = keeps;
        this.pause = pause;
    }

    @Override
    public void run() {
        while (!over) {
            try {
                call();
                answered.incrementAndGet();
            } catch (IOException e) {
                failures.add(e + " after " + answered.get() + " answers");
                hangUp();
            }
            LockSupport.parkNanos(pause.toNanos());
        }
        hangUp();
    }

    private void call() throws IOException {
        Socket connection = socket;
        if (connection == null) {
            connection = new Socket(InetAddress.getLoopbackAddress(), port);
            connection.setSoTimeout(TIMEOUT_MILLIS);
            connection.setTcpNoDelay(true);
            socket = connection;
        }
        connection.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        InputStream in = new BufferedInputStream(connection.getInputStream());
        String status = line(in);
        int length = -1;
        boolean close = false;
        for (String field = line(in); !field.isEmpty(); field = line(in)) {
            String lower = field.toLowerCase(Locale.ROOT);
            length = lower.startsWith("content-length:") ? Integer.parseInt(lower.substring(15).strip()) : length;
            close |= lower.equals("connection: close");
        }
        if (!status.startsWith("HTTP/1.1 200") || length < 0) {
            throw new IOException("answer: " + status + ", length " + length);
        }
        String body = new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
        if (body.length() < length || !body.contains(expected)) {
            throw new IOException("body: " + body);
        }
        if (close || !keeps) {
            hangUp();
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("the connection ended after: " + line);
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    private void hangUp() {
        Socket connection = socket;
        socket = null;
        if (connection != null) {
            try {
                connection.close();
            } catch (IOException e) {
                // it is closed
            }
        }
    }

    public Queue<String> failures() {
        return failures;
    }

    public int answered() {
        return answered.get();
    }

    /// Lets it end after its present request.
    @Override
    public void close() {
        over = true;
    }
}
