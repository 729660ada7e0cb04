package io.sandgate.api.health;

import io.sandgate.membership.Endpoint;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/// Asks one of this replica's own listeners, over the network, for a nonce.
///
/// A connect alone proves nothing: the kernel accepts hundreds of connections for a program that stands still. A new
/// connection now and then proves that the listener accepts; one for each question would cost an idle replica more than all
/// its heartbeats, under TLS the most.
final class ListenerProbe implements Probe {
    static final int QUESTIONS_PER_CONNECTION = 5;

    private final String name;
    private final Context context;
    private final HttpClient client;
    private final Endpoint listener;
    private final String path;
    private final RandomGenerator random;
    private final Duration deadline;
    private final AtomicInteger asked = new AtomicInteger();

    /// @param context the event loop that asks: asked from elsewhere, the body of a quick answer can be missed
    ListenerProbe(String name, Context context, HttpClient client, Endpoint listener, String path,
            RandomGenerator random, Duration deadline) {
        this.name = name;
        this.context = context;
        this.client = client;
        this.listener = listener;
        this.path = path;
        this.random = random;
        this.deadline = deadline;
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
                .setPort(listener.port()).setURI(path + "?nonce=" + nonce).setIdleTimeout(deadline.toMillis());
        if (asked.incrementAndGet() % QUESTIONS_PER_CONNECTION == 0) {
            request.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        Promise<Void> answer = Promise.promise();
        context.runOnContext(ignored -> client.request(request).compose(HttpClientRequest::send)
                .compose(response -> echoed(response, nonce)).onComplete(answer));
        return answer.future().toCompletionStage();
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
