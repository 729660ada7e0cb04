package io.sandgate.e2e.harness;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.ServerWebSocket;
import java.util.Collection;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A server at every loopback address at once, for clients that are programs of their own:
/// - `/bytes?length=1000`: so many bytes, `0` to `9` again and again, or a range of them
/// - `/count`: how many bytes the request's body had
/// - `/page`: a page that talks over a WebSocket and an event stream, and then posts what it heard to `/heard`
/// - `/events`: three events, and no end
/// - a WebSocket on any path: every message back, but `ping <text>` is answered with a ping of this text, and its pong with
///   the message `ponged <text>`; and `close <code> <reason>` with that close
public final class ClientsWorld implements AutoCloseable {
    private static final int LARGEST_MESSAGE = 32 << 20;
    private static final int LONGEST_COMMAND = 100;
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");
    private static final String PAGE = """
            <!doctype html><title>page</title><script>
            const heard = [];
            const say = text => {
                heard.push(text);
                if (heard.length === 5) { fetch('/heard', {method: 'POST', body: heard.sort().join(' ')}); }
            };
            const events = new EventSource('/events');
            events.onmessage = event => say('event:' + event.data);
            const socket = new WebSocket(location.href.replace('http', 'ws').replace('/page', '/socket'));
            socket.onopen = () => socket.send('hello');
            socket.onmessage = message => { say('socket:' + message.data); socket.close(1000); };
            socket.onclose = closed => say('closed:' + closed.code);
            </script>
            """;

    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server = vertx
            .createHttpServer(new HttpServerOptions().setHttp2ClearTextEnabled(true)
                    .setMaxWebSocketFrameSize(LARGEST_MESSAGE).setMaxWebSocketMessageSize(LARGEST_MESSAGE))
            .requestHandler(this::answer).webSocketHandler(this::talk);
    private final CompletableFuture<String> heard = new CompletableFuture<>();
    private final Queue<String> closes = new ConcurrentLinkedQueue<>();

    /// Opens it on a free port.
    public ClientsWorld() {
        try {
            server.listen(FreePorts.take(), "0.0.0.0").toCompletionStage().toCompletableFuture().get(10,
                    TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            close();
            throw new IllegalStateException("the world of the clients cannot listen", e);
        }
    }

    public int port() {
        return server.actualPort();
    }

    private void answer(HttpServerRequest request) {
        switch (request.path()) {
            case "/bytes" -> bytes(request);
            case "/count" -> request.body()
                    .onSuccess(body -> request.response().end(request.method() + " " + body.length()));
            case "/page" -> request.response().putHeader("content-type", "text/html").end(PAGE);
            case "/events" -> events(request);
            case "/heard" -> request.body().onSuccess(body -> {
                heard.complete(body.toString());
                request.response().end();
            });
            default -> request.response().setStatusCode(404).end();
        }
    }

    private static void events(HttpServerRequest request) {
        HttpServerResponse response = request.response().putHeader("content-type", "text/event-stream")
                .setChunked(true);
        for (int number = 1; number <= 3; number++) {
            response.write("data: " + number + "\n\n");
        }
    }

    private void talk(ServerWebSocket socket) {
        socket.binaryMessageHandler(socket::writeBinaryMessage);
        socket.pongHandler(text -> socket.writeTextMessage("ponged " + text));
        socket.closeHandler(closed -> closes.add(socket.closeStatusCode() + " " + socket.closeReason()));
        socket.textMessageHandler(text -> {
            String[] words = text.length() > LONGEST_COMMAND ? new String[]{""} : text.split(" ", 3);
            switch (words[0]) {
                case "ping" -> socket.writePing(Buffer.buffer(words[1]));
                case "close" -> socket.close(Short.parseShort(words[1]), words[2]);
                default -> socket.writeTextMessage(text);
            }
        });
    }

    /// With which code and reason each WebSocket was closed.
    public Collection<String> closes() {
        return closes;
    }

    /// What the page heard, in the order of the alphabet.
    public CompletableFuture<String> heard() {
        return heard;
    }

    private static void bytes(HttpServerRequest request) {
        int length = Integer.parseInt(request.getParam("length"));
        Buffer all = Buffer.buffer("0123456789".repeat(length / 10 + 1)).getBuffer(0, length);
        Matcher range = RANGE.matcher(String.valueOf(request.getHeader("range")));
        if (range.matches()) {
            int from = Integer.parseInt(range.group(1));
            int to = Integer.parseInt(range.group(2)) + 1;
            request.response().setStatusCode(206)
                    .putHeader("content-range", "bytes " + from + "-" + (to - 1) + "/" + length)
                    .end(all.getBuffer(from, to));
        } else {
            request.response().end(all);
        }
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
