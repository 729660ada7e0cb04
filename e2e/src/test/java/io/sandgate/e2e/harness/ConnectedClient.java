package io.sandgate.e2e.harness;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A client of `GET /connections/ws` that keeps what comes until it is asked for. Safe for any thread.
public final class ConnectedClient implements AutoCloseable {

    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final int KEPT = 10_000;
    private static final int NORMAL = 1000;

    private final StreamWire wire;
    private final WebSocketWire socket;
    private final BlockingQueue<JsonObject> received = new LinkedBlockingQueue<>(KEPT);
    private final CompletableFuture<Integer> end = new CompletableFuture<>();
    private final String connection;

    private ConnectedClient(ReplicaProcess replica, Map<String, String> headers, String query, boolean answersPings) {
        wire = request(replica, headers, query);
        if (wire.status() != 101) {
            String body = wire.body();
            wire.close();
            throw new AssertionError("/connections/ws?" + query + " answered " + wire.status() + " " + body
                    + " (expected: 101)");
        }
        socket = new WebSocketWire(wire, answersPings);
        Thread.ofVirtual().name("connected-client").start(this::read);
        connection = next("connected").getString("connection");
    }

    /// Connects with a key.
    public static ConnectedClient open(ReplicaProcess replica, String key, String client) {
        return new ConnectedClient(replica, Map.of("X-API-KEY", key), "client=" + encoded(client), true);
    }

    /// Connects with a ticket.
    public static ConnectedClient withTicket(ReplicaProcess replica, String ticket, String client) {
        return new ConnectedClient(replica, Map.of(), "client=" + encoded(client) + "&ticket=" + encoded(ticket),
                true);
    }

    /// Connects with a key, and answers no ping.
    public static ConnectedClient dumb(ReplicaProcess replica, String key, String client) {
        return new ConnectedClient(replica, Map.of("X-API-KEY", key), "client=" + encoded(client), false);
    }

    /// Tries to connect, and gives an answer that is to be an error.
    ///
    /// @param query as it goes over the wire
    public static Refusal refused(ReplicaProcess replica, Map<String, String> headers, String query) {
        try (StreamWire wire = request(replica, headers, query)) {
            if (wire.status() < 400) {
                throw new AssertionError("/connections/ws?" + query + " answered " + wire.status()
                        + " (expected: an error)");
            }
            return new Refusal(wire.status(), wire.header("retry-after"), wire.body());
        }
    }

    private static StreamWire request(ReplicaProcess replica, Map<String, String> headers, String query) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.putAll(WebSocketWire.UPGRADE);
        return new StreamWire(URI.create(replica.publicUrl() + "/connections/ws?" + query), all, 0);
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    private void read() {
        try {
            for (String text = socket.next(); text != null; text = socket.next()) {
                received.put(new JsonObject(text));
            }
        } catch (IOException e) {
            // the code says that it broke
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        end.complete(socket.closeCode());
    }

    /// The id of the connection.
    public String connection() {
        return connection;
    }

    /// The next frame of a type; those before it are dropped.
    public JsonObject next(String type) {
        try {
            long deadline = System.nanoTime() + DEADLINE.toNanos();
            while (true) {
                JsonObject frame = received.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (frame == null) {
                    throw new AssertionError("no frame \"" + type + "\" within " + DEADLINE);
                }
                if (type.equals(frame.getString("type"))) {
                    return frame;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /// The data of the next message.
    public Object nextMessage() {
        return next("message").getValue("data");
    }

    /// How many frames came that nobody asked for yet.
    public int waiting() {
        return received.size();
    }

    public void send(JsonObject frame) {
        send(frame.encode());
    }

    public void send(String text) {
        try {
            socket.sendText(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Joins a room, and waits until it has.
    public void join(String room) {
        send(new JsonObject().put("type", "join").put("room", room));
        next("joined");
    }

    /// Leaves a room, and waits until it has.
    public void leave(String room) {
        send(new JsonObject().put("type", "leave").put("room", room));
        next("left");
    }

    /// What the server closes it with; 1006 when it broke.
    public int awaitEnd() {
        try {
            return end.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("connection " + connection + ": " + e, e);
        }
    }

    public boolean isOver() {
        return end.isDone();
    }

    /// Says goodbye, and waits for nothing.
    public void goodbye() {
        try {
            socket.sendClose(NORMAL);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        wire.close();
    }
}
