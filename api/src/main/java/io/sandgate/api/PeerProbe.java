package io.sandgate.api;

import io.sandgate.api.peer.ProbeApi;
import io.sandgate.membership.Endpoint;
import io.sandgate.membership.LivenessProbe;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;

/// Asks this replica's own peer listener, over the network, for a nonce.
final class PeerProbe implements LivenessProbe {
    private static final long TIMEOUT_MS = 1_000;

    private final WebClient client;
    private final Endpoint listener;
    private final RandomGenerator random;

    /// @param transport how the listener is reached: TLS or not
    PeerProbe(Vertx vertx, HttpClientOptions transport, Endpoint listener, RandomGenerator random) {
        this.client = WebClient.create(vertx, new WebClientOptions(transport));
        this.listener = listener;
        this.random = random;
    }

    @Override
    public CompletionStage<Boolean> answers() {
        String nonce = Long.toHexString(random.nextLong());
        return client.get(listener.port(), listener.host(), ProbeApi.PATH).addQueryParam("nonce", nonce)
                .timeout(TIMEOUT_MS).send()
                .map(answer -> answer.statusCode() == 200 && nonce.equals(answer.bodyAsString()))
                .otherwise(false).toCompletionStage();
    }
}
