package io.sandgate.e2e.harness;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.ServerWebSocket;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/// A server that is there at every loopback address at once, and so answers for each `base` sandbox, which has an address
/// and no process.
///
/// It says at which address it was reached, which proves that a request came to the right sandbox:
/// - any path: 200 with that address
/// - `/echo`: the request's body, as it comes
/// - `/slow?chunks=5&every=100`: that many lines, each after so many milliseconds
/// - `/flood?bytes=1000000`: that many bytes, as fast as they are taken
/// - `/abrupt`: a head, a part of a body, and the end of the connection
/// - `/endless`: a line every 50 ms until the client is gone
/// - a WebSocket on any path: the address first, and then every message back
public final class SandboxWorld implements AutoCloseable {

    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final int LINE = 64;

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
    private final HttpServer server;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger cutOff = new AtomicInteger();

    private SandboxWorld() {
        server = vertx.createHttpServer(new HttpServerOptions().setIdleTimeout(0).setAcceptBacklog(4096))
                .requestHandler(this::answer).webSocketHandler(SandboxWorld::greet);
    }

    /// Opens it on a free port.
    public static SandboxWorld open() {
        SandboxWorld world = new SandboxWorld();
        try {
            world.server.listen(FreePorts.take(), "0.0.0.0").toCompletionStage().toCompletableFuture()
                    .get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
            return world;
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            world.close();
            throw new IllegalStateException("the world of the sandboxes cannot listen", e);
        }
    }

    public int port() {
        return server.actualPort();
    }

    /// How many requests came so far, to all sandboxes.
    public int requests() {
        return requests.get();
    }

    /// How many answers could not be ended because the connection was gone.
    public int cutOff() {
        return cutOff.get();
    }

    private void answer(HttpServerRequest request) {
        requests.incrementAndGet();
        HttpServerResponse response = request.response().putHeader("X-World-Address", address(request))
                .putHeader("X-World-Host", String.valueOf(request.getHeader("Host")));
        switch (request.path()) {
            case "/echo" -> request.pipeTo(response.setChunked(true)).onFailure(error -> cutOff.incrementAndGet());
            case "/slow" -> lines(response.setChunked(true), number(request, "chunks"), number(request, "every"));
            case "/endless" -> lines(response.setChunked(true), Integer.MAX_VALUE, 50);
            case "/flood" -> {
                response.putHeader("Content-Length", request.getParam("bytes"));
                flood(response, number(request, "bytes"));
            }
            case "/abrupt" -> response.putHeader("Content-Length", "1000").write(Buffer.buffer("a part"))
                    .onComplete(written -> request.connection().close());
            default -> request.endHandler(end -> response.end(address(request))).resume();
        }
    }

    private static String address(HttpServerRequest request) {
        return request.connection().localAddress().hostAddress();
    }

    private static int number(HttpServerRequest request, String parameter) {
        return Integer.parseInt(request.getParam(parameter, "1"));
    }

    private void lines(HttpServerResponse response, int count, int everyMillis) {
        AtomicInteger left = new AtomicInteger(count);
        response.writeHead();
        vertx.setPeriodic(everyMillis, timer -> {
            if (response.closed() || response.ended()) {
                vertx.cancelTimer(timer);
                cutOff.incrementAndGet();
            } else if (left.getAndDecrement() > 0) {
                response.write("line\n");
            } else {
                vertx.cancelTimer(timer);
                response.end();
            }
        });
    }

    private void flood(HttpServerResponse response, int bytes) {
        Buffer line = Buffer.buffer(".".repeat(LINE * 1024));
        AtomicInteger left = new AtomicInteger(bytes);
        response.drainHandler(drained -> pump(response, line, left));
        response.exceptionHandler(error -> cutOff.incrementAndGet());
        pump(response, line, left);
    }

    private static void pump(HttpServerResponse response, Buffer line, AtomicInteger left) {
        while (left.get() > 0 && !response.writeQueueFull() && !response.closed()) {
            int size = Math.min(left.get(), line.length());
            response.write(line.slice(0, size));
            left.addAndGet(-size);
        }
        if (left.get() == 0 && !response.ended()) {
            response.end();
        }
    }

    private static void greet(ServerWebSocket socket) {
        socket.writeTextMessage(socket.localAddress().hostAddress());
        socket.textMessageHandler(socket::writeTextMessage);
        socket.binaryMessageHandler(socket::writeBinaryMessage);
    }

    @Override
    public void close() {
        try {
            vertx.close().toCompletionStage().toCompletableFuture().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the world of the sandboxes does not close", e);
        }
    }
}
