package io.sandgate.proxy.forward;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Connects to sandboxes, more than once where it must: a server in a sandbox may just be restarting.
final class Connector {

    private final Vertx vertx;
    private final HttpClientAgent client;
    private final ForwardSettings settings;
    private final ForwardMetrics metrics;
    private final LongSupplier nanoTime;

    Connector(Vertx vertx, HttpClientAgent client, ForwardSettings settings, ForwardMetrics metrics,
            LongSupplier nanoTime) {
        this.vertx = vertx;
        this.client = client;
        this.settings = settings;
        this.metrics = metrics;
        this.nanoTime = nanoTime;
    }

    /// Connects to a port, on the present event loop.
    ///
    /// @param done takes the connection, or null when all attempts failed or the sandbox is gone
    void connect(LifePool life, int port, Consumer<@Nullable HttpClientConnection> done) {
        SocketAddress address = SocketAddress.inetSocketAddress(new InetSocketAddress(life.address(), port));
        attempt(life, address, 1, nanoTime.getAsLong() + settings.connectTimeout().toNanos(), done);
    }

    private void attempt(LifePool life, SocketAddress address, int number, long deadline,
            Consumer<@Nullable HttpClientConnection> done) {
        if (life.isOver()) {
            done.accept(null);
            return;
        }
        long left = (deadline - nanoTime.getAsLong()) / 1_000_000;
        int attempts = settings.connectAttempts() - number + 1;
        client.connect(new HttpConnectOptions().setServer(address).setConnectTimeout(Math.max(1, left / attempts)))
                .onComplete(result -> {
                    metrics.connected(result.succeeded());
                    long wait = Math.max(1, settings.connectBackoff().toMillis() * number);
                    boolean again = number < settings.connectAttempts()
                            && deadline - nanoTime.getAsLong() > wait * 1_000_000;
                    if (result.succeeded()) {
                        done.accept(result.result());
                    } else if (again) {
                        vertx.setTimer(wait, timer -> attempt(life, address, number + 1, deadline, done));
                    } else {
                        done.accept(null);
                    }
                });
    }
}
