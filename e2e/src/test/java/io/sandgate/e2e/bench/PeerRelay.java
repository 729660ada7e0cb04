package io.sandgate.e2e.bench;

import io.sandgate.e2e.harness.FreePorts;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Passes what comes for a peer listener on to it, route changes after a delay or not at all if so told.
final class PeerRelay implements AutoCloseable {

    private static final int CONNECTIONS = 256;

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final HttpServer server = vertx.createHttpServer().requestHandler(this::take);
    private final HttpClient client = vertx.createHttpClient(new HttpClientOptions().setTcpNoDelay(true),
            new PoolOptions().setHttp1MaxSize(CONNECTIONS));
    private final int target;
    private final int port;
    private volatile Duration delay = Duration.ZERO;
    private volatile boolean losing;

    /// @param target the port of the peer listener
    PeerRelay(int target) {
        this.target = target;
        this.port = FreePorts.take();
        await(server.listen(port, "127.0.0.1"));
    }

    int port() {
        return port;
    }

    /// Answers route changes so much later from now on.
    void delayRefresh(Duration by) {
        delay = by;
    }

    /// Says that each route change was applied, and passes none on, from now on.
    void loseRefresh(boolean lose) {
        losing = lose;
    }

    private void take(HttpServerRequest request) {
        request.body()
                .compose(body -> losing && isRefresh(request)
                        ? lose(request, body)
                        : later(request).compose(ready -> pass(request, body)))
                .onFailure(error -> request.connection().close());
    }

    private static boolean isRefresh(HttpServerRequest request) {
        return request.path().startsWith("/refresh");
    }

    private static Future<Void> lose(HttpServerRequest request, Buffer body) {
        if (request.path().equals("/refresh")) {
            return request.response().setStatusCode(204).end();
        }
        long routes = body.toString().lines().count();
        return request.response().end("{\"result\":\"applied\",\"reason\":\"newer\"}\n".repeat((int) routes));
    }

    private Future<Void> later(HttpServerRequest request) {
        long millis = delay.toMillis();
        if (millis == 0 || !isRefresh(request)) {
            return Future.succeededFuture();
        }
        Promise<Void> ready = Promise.promise();
        vertx.setTimer(millis, fired -> ready.complete());
        return ready.future();
    }

    private Future<Void> pass(HttpServerRequest request, Buffer body) {
        RequestOptions options = new RequestOptions().setMethod(request.method()).setHost("127.0.0.1").setPort(target)
                .setURI(request.uri()).setHeaders(request.headers());
        return client.request(options).compose(passed -> passed.send(body)).compose(response -> {
            request.response().setStatusCode(response.statusCode());
            request.response().headers().setAll(response.headers());
            return response.body();
        }).compose(answer -> {
            request.response().headers().remove("transfer-encoding");
            // the sender of a change that came late has gone
            return request.response().closed() ? Future.succeededFuture() : request.response().end(answer);
        });
    }

    private static void await(Future<?> future) {
        try {
            future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("a relay does not start or stop", e);
        }
    }

    @Override
    public void close() {
        await(vertx.close());
    }
}
