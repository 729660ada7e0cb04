package io.sandgate.e2e.upstream;

import com.github.luben.zstd.ZstdDecompressCtx;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.internal.http.WebSocketInternal;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

import static org.assertj.core.api.Assertions.assertThat;

/// A client of one connection that does only what it is told to: it sends no heartbeat by itself, and keeps what comes until it is
/// asked for.
final class ShardClient implements AutoCloseable {
    static final String QUERY = "/?v=10&encoding=json";
    static final int ALL_INTENTS = (int) UpstreamRules.KNOWN_INTENTS;

    private static final int DEADLINE_SECONDS = 20;
    private static final int MAX_KEPT = 1 << 20;
    private static final int ABNORMAL = 1006;
    private static final int NO_CODE = -1;

    /// A message, how long it was on the wire, and inflated; a very long one is kept without its text.
    record Received(String text, int wireBytes, long bytes) {}

    private final WebSocketClient client;
    private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> end = new CompletableFuture<>();
    private final Inflater inflater = new Inflater();
    private final ZstdDecompressCtx zstd = new ZstdDecompressCtx();
    private final WebSocket socket;

    /// @param url as `/gateway` or READY names it, with the query
    ShardClient(Vertx vertx, String url) {
        client = vertx.createWebSocketClient(
                new WebSocketClientOptions().setMaxFrameSize(1 << 20).setMaxMessageSize(1 << 24));
        socket = in(client.connect(new WebSocketConnectOptions().setAbsoluteURI(url)).map(opened -> {
            opened.textMessageHandler(text -> received.add(new Received(text, text.length(), text.length())));
            opened.binaryMessageHandler(bytes -> received.add(inflated(bytes, url.endsWith("zlib-stream"))));
            opened.closeHandler(_ -> end.complete(
                    Optional.ofNullable(opened.closeStatusCode()).map(Short::intValue).orElse(NO_CODE)));
            return opened;
        }).toCompletionStage().toCompletableFuture());
    }

    private Received inflated(Buffer bytes, boolean zlib) {
        StringBuilder text = new StringBuilder();
        long size = 0;
        byte[] chunk = new byte[1 << 16];
        inflater.setInput(bytes.getBytes());
        ByteBuffer in = ByteBuffer.wrap(bytes.getBytes());
        while (true) {
            int length = zlib ? inflate(chunk) : decompress(chunk, in);
            if (length == 0) {
                return new Received(text.toString(), bytes.length(), size);
            }
            size += length;
            if (size <= MAX_KEPT) {
                text.append(Buffer.buffer(chunk).getString(0, length));
            }
        }
    }

    private int inflate(byte[] chunk) {
        try {
            return inflater.inflate(chunk);
        } catch (DataFormatException e) {
            throw new IllegalStateException(e);
        }
    }

    private int decompress(byte[] chunk, ByteBuffer in) {
        ByteBuffer out = ByteBuffer.wrap(chunk);
        zstd.decompressByteBufferStream(out, in);
        return out.position();
    }

    Received nextReceived() {
        try {
            Received next = received.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
            assertThat(next).as("next message, the end: " + end.getNow(0)).isNotNull();
            return next;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    JsonObject next() {
        return new JsonObject(nextReceived().text());
    }

    /// The next message, which has this opcode.
    JsonObject next(int opcode) {
        JsonObject message = next();
        assertThat(message.getInteger("op")).as(message.encode()).isEqualTo(opcode);
        return message;
    }

    /// The next message, which is an event of this type.
    JsonObject event(String type) {
        JsonObject message = next(0);
        assertThat(message.getString("t")).isEqualTo(type);
        return message;
    }

    List<JsonObject> events(int count) {
        List<JsonObject> events = new ArrayList<>();
        while (events.size() < count) {
            events.add(next(0));
        }
        return events;
    }

    int unread() {
        return received.size();
    }

    /// The code of the end; -1 for one without a close frame.
    int closeCode() {
        int code = in(end);
        return code == ABNORMAL ? NO_CODE : code;
    }

    boolean isOpen() {
        return !end.isDone();
    }

    ShardClient send(String text) {
        in(socket.writeTextMessage(text).toCompletionStage().toCompletableFuture());
        return this;
    }

    ShardClient send(int opcode, JsonObject data) {
        return send(new JsonObject().put("op", opcode).put("d", data).encode());
    }

    void sendBinary() {
        in(socket.writeBinaryMessage(Buffer.buffer("{}")).toCompletionStage().toCompletableFuture());
    }

    ShardClient heartbeat(String sequence) {
        return send("{\"op\":1,\"d\":" + sequence + "}");
    }

    static JsonObject identity(int number, int count) {
        return new JsonObject().put("token", "fake-token").put("intents", ALL_INTENTS)
                .put("properties", new JsonObject()).put("shard", new JsonArray().add(number).add(count));
    }

    /// Reads HELLO and sends an IDENTIFY.
    ShardClient identify(int number, int count) {
        next(10);
        return send(2, identity(number, count));
    }

    /// Reads HELLO, identifies, and reads READY, whose data this is.
    JsonObject ready(int number, int count) {
        identify(number, count);
        return event("READY").getJsonObject("d");
    }

    /// Reads HELLO and sends a RESUME.
    ShardClient resume(String session, long sequence) {
        next(10);
        return send(6,
                new JsonObject().put("token", "fake-token").put("session_id", session).put("seq", sequence));
    }

    void close(int code) {
        in(socket.close((short) code).toCompletionStage().toCompletableFuture());
    }

    /// Ends the TCP connection without a close frame.
    void drop() {
        var _ = ((WebSocketInternal) socket).channelHandlerContext().close();
    }

    /// Reads nothing from now on.
    void pause() {
        socket.pause();
        ((WebSocketInternal) socket).channelHandlerContext().channel().config().setAutoRead(false);
    }

    private static <T> T in(CompletableFuture<T> future) {
        try {
            return future.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("the connection: " + e, e);
        }
    }

    @Override
    public void close() {
        drop();
        var _ = client.close();
    }
}
