package io.sandgate.gateway.stream.webhook.connect;

import io.sandgate.gateway.stream.webhook.WebhookPeers;
import io.sandgate.membership.Endpoint;
import io.sandgate.membership.Member;
import io.sandgate.proxy.replicate.HttpPeers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Calls the peer listeners of the other replicas. Never retries: what is missed is found by comparing. Thread-safe.
public final class HttpWebhookPeers implements WebhookPeers, AutoCloseable {
    /// Where a peer listener answers.
    public static final String PATH = "/events/webhooks/exchange";

    private static final int OK = 200;
    private static final int CONNECTIONS = 4;
    private static final int WAITING = 64;

    private final HttpClient client;
    private final String self;
    private final Supplier<List<Member>> others;

    /// @param transport how peers are reached
    /// @param others the members that can be reached now, without this one
    public HttpWebhookPeers(Vertx vertx, HttpClientOptions transport, String self, Supplier<List<Member>> others,
            Duration connectTimeout) {
        this.self = self;
        this.others = others;
        this.client = vertx.httpClientBuilder()
                .with(new HttpClientOptions(transport).setConnectTimeout((int) connectTimeout.toMillis()))
                .with(new PoolOptions().setHttp1MaxSize(CONNECTIONS).setMaxWaitQueueSize(WAITING))
                .withConnectHandler(connection -> connection.exceptionHandler(error -> {})).build();
    }

    @Override
    public List<String> members() {
        return others.get().stream().map(Member::id).toList();
    }

    @Override
    public CompletionStage<JsonObject> exchange(String member, JsonObject body, Duration timeout) {
        Optional<Endpoint> peer = others.get().stream().filter(each -> each.id().equals(member)).findFirst()
                .map(Member::peer);
        if (peer.isEmpty()) {
            return Future.<JsonObject>failedFuture(failure(member + " is no member")).toCompletionStage();
        }
        RequestOptions request = new RequestOptions().setMethod(HttpMethod.POST).setHost(peer.get().host())
                .setPort(peer.get().port()).setURI(PATH).setIdleTimeout(timeout.toMillis())
                .addHeader(HttpPeers.SENDER, self).addHeader("Content-Type", "application/json");
        return client.request(request).compose(sent -> sent.send(body.toBuffer()))
                .compose(response -> response.body().compose(answer -> read(member, response, answer)))
                .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS).toCompletionStage();
    }

    private static Future<JsonObject> read(String member, HttpClientResponse response, Buffer answer) {
        if (response.statusCode() != OK || !member.equals(response.getHeader(HttpPeers.SENDER))) {
            return Future.failedFuture(failure(member + " answers " + response.statusCode()));
        }
        try {
            return Future.succeededFuture(answer.toJsonObject());
        } catch (DecodeException e) {
            return Future.failedFuture(failure(member + " answers something that is not JSON"));
        }
    }

    private static UncheckedIOException failure(String message) {
        return new UncheckedIOException(message, new IOException(message));
    }

    @Override
    public void close() {
        client.close();
    }
}
