package io.sandgate.proxy.forward;

import io.vertx.core.Future;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// One connection to one port of one life of a sandbox. Leased by one lessee, or idle, or closed.
final class Upstream {

    private final UpstreamPools pools;
    private final LifePool life;
    private final int port;
    private final HttpClientConnection connection;
    private final Wire wire;
    /// What the present lessee does when the sandbox is gone; null without a lease.
    private @Nullable Runnable gone;
    private boolean reused;
    private boolean closed;
    private long idleUntil;

    Upstream(UpstreamPools pools, LifePool life, int port, HttpClientConnection connection, Runnable gone) {
        this.pools = pools;
        this.life = life;
        this.port = port;
        this.connection = connection;
        this.wire = Wire.of(connection);
        this.gone = gone;
        wire.dropUnknownInterim();
        // whoever uses the connection hears of it by the request, and unused it is just gone
        connection.exceptionHandler(error -> {});
        connection.closeHandler(v -> {
            closed = true;
            pools.closed(this);
        });
    }

    /// Begins a request; fails when the connection is closed, and then nothing was sent.
    Future<HttpClientRequest> request(HttpMethod method, String uri) {
        return connection.request(new RequestOptions().setMethod(method).setURI(uri));
    }

    Wire wire() {
        return wire;
    }

    /// Whether it served another request before this one.
    boolean isReused() {
        return reused;
    }

    /// Begins a lease, or passes the present one on.
    ///
    /// @param whenGone what to do when the sandbox is gone, before the connection is closed
    void handTo(Runnable whenGone) {
        gone = whenGone;
    }

    /// Ends the lease after a complete exchange, and keeps the connection for the next one.
    void release(Duration keepFor) {
        if (gone != null) {
            gone = null;
            pools.released(this, keepFor);
        }
    }

    /// Ends the lease and closes the connection, whatever is on it.
    void discard() {
        if (gone != null) {
            gone = null;
            pools.discarded(this);
        }
        close();
    }

    LifePool life() {
        return life;
    }

    int port() {
        return port;
    }

    boolean isClosed() {
        return closed;
    }

    long idleUntil() {
        return idleUntil;
    }

    void idleUntil(long nanos) {
        idleUntil = nanos;
        reused = true;
    }

    void sandboxGone() {
        Runnable present = gone;
        if (present != null) {
            present.run();
        }
        discard();
    }

    void close() {
        closed = true;
        wire.close();
    }
}
