package io.sandgate.e2e.harness;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// A client of one WebSocket that keeps what comes until it is asked for.
public final class WebSocketCaller implements AutoCloseable {

    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final CompletableFuture<String> end = new CompletableFuture<>();
    private final WebSocket socket;

    private final class Inbox implements WebSocket.Listener {
        private final StringBuilder message = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            message.append(data);
            if (last) {
                received.add(message.toString());
                message.setLength(0);
            }
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            end.complete("closed " + code);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            end.complete("broken " + error);
        }
    }

    /// Opens it.
    ///
    /// @param url with `http://`
    public WebSocketCaller(HttpClient client, String url, Map<String, String> headers) {
        WebSocket.Builder builder = client.newWebSocketBuilder().connectTimeout(DEADLINE);
        headers.forEach(builder::header);
        socket = in(builder.buildAsync(URI.create(url.replaceFirst("^http", "ws")), new Inbox()));
    }

    public void send(String text) {
        in(socket.sendText(text, true));
    }

    /// The next message.
    public String next() {
        try {
            String message = received.poll(DEADLINE.toSeconds(), TimeUnit.SECONDS);
            if (message == null) {
                throw new AssertionError("no message within " + DEADLINE + "; the end: " + end.getNow("none"));
            }
            return message;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /// How it ended: `closed <code>` or `broken <error>`.
    public String awaitEnd() {
        return in(end);
    }

    private static <T> T in(CompletableFuture<T> future) {
        try {
            return future.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("WebSocket: " + e, e);
        }
    }

    @Override
    public void close() {
        socket.abort();
    }
}
