package io.sandgate.api.health;

import io.sandgate.membership.Endpoint;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.random.RandomGenerator;

/// Makes the probes of this replica's listeners, which share an event loop and a client.
public final class ListenerProbes {
    private final Context context;
    private final HttpClient client;
    private final RandomGenerator random;
    private final Duration deadline;

    /// @param transport how a listener is reached: TLS or not; all else is set here
    /// @param deadline a question that is not answered for so long is given up, and its connection closed
    public ListenerProbes(Vertx vertx, HttpClientOptions transport, Duration deadline, RandomGenerator random) {
        HttpClientOptions options = new HttpClientOptions(transport).setKeepAlive(true)
                .setConnectTimeout((int) deadline.toMillis());
        this.context = ((VertxInternal) vertx).createEventLoopContext();
        // no connection is ever unused for long: no timer has to look for one
        this.client = vertx.createHttpClient(options,
                new PoolOptions().setHttp1MaxSize(2).setMaxWaitQueueSize(2).setCleanerPeriod(0));
        this.random = random;
        this.deadline = deadline;
    }

    /// A probe of one listener.
    ///
    /// @param path where it answers with the nonce
    public Probe of(String name, Endpoint listener, String path) {
        return new ListenerProbe(name, context, client, listener, path, random, deadline);
    }
}
