package io.sandgate.api.health;

import io.sandgate.membership.Endpoint;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// Asks one of this replica's own listeners, over the network and a connection of its own, for a nonce.
///
/// A connect alone proves nothing: the kernel accepts hundreds of connections for a program that stands still. A new
/// connection each time proves that the listener accepts, and reaches another of its event loops each time.
public final class ListenerProbe implements Probe {
    private final String name;
    private final HttpClient client;
    private final Endpoint listener;
    private final String path;
    private final RandomGenerator random;

    /// @param name of the listener
    /// @param client see [#client]
    /// @param path where the listener answers with the nonce
    public ListenerProbe(String name, HttpClient client, Endpoint listener, String path, RandomGenerator random) {
        this.name = name;
        this.client = client;
        this.listener = listener;
        this.path = path;
        this.random = random;
    }

    /// A client for probes that reach listeners in this way.
    ///
    /// @param transport TLS or not; all else is set here
    /// @param deadline a connection that stands still for so long is closed
    public static HttpClient client(Vertx vertx, HttpClientOptions transport, Duration deadline) {
        HttpClientOptions options = new HttpClientOptions(transport).setKeepAlive(false)
                .setConnectTimeout((int) deadline.toMillis());
        options.setIdleTimeout((int) deadline.toMillis()).setIdleTimeoutUnit(TimeUnit.MILLISECONDS);
        return vertx.createHttpClient(options, new PoolOptions().setHttp1MaxSize(2).setMaxWaitQueueSize(2));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public CompletionStage<Void> ask() {
        String nonce = Long.toHexString(random.nextLong());
        // By the address, under a name that belongs to no sandbox.
        RequestOptions request = new RequestOptions()
                .setServer(SocketAddress.inetSocketAddress(listener.port(), listener.host())).setHost("localhost")
                .setPort(listener.port()).setURI(path + "?nonce=" + nonce);
        return client.request(request).compose(HttpClientRequest::send)
                .compose(response -> echoed(response, nonce)).toCompletionStage();
    }

    private static Future<Void> echoed(HttpClientResponse response, String nonce) {
        if (response.statusCode() != 200) {
            return Future.failedFuture(new ProbeFailure("status " + response.statusCode() + " (expected: 200)"));
        }
        return response.body().compose(body -> body.toString().equals(nonce)
                ? Future.succeededFuture()
                : Future.failedFuture(new ProbeFailure("something else answered (expected: the nonce)")));
    }
}
