package io.sandgate.gateway.shard.connect;

import io.sandgate.gateway.shard.PeerCall;
import io.sandgate.gateway.shard.ShardPeers;
import io.sandgate.membership.Endpoint;
import io.sandgate.membership.Member;
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
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// Calls the peer listeners of the other replicas, over pooled connections. Never retries: whoever calls does, with what is true
/// then.
public final class HttpShardPeers implements ShardPeers, AutoCloseable {
    /// Below this path a peer listener answers for the shards of its replica.
    public static final String PREFIX = "/shards/";

    private static final int OK = 200;
    /// Two polls, a ballot, records and questions may be under way to the same replica.
    private static final int CONNECTIONS = 8;
    private static final int WAITING = 64;

    private final HttpClient client;
    private final String self;
    private final String senderHeader;
    private final Function<String, Optional<Member>> members;

    /// @param transport how peers are reached
    /// @param senderHeader in which a caller says who it is
    /// @param members a member by its id
    public HttpShardPeers(Vertx vertx, HttpClientOptions transport, String self, String senderHeader,
            Function<String, Optional<Member>> members, Duration connectTimeout) {
        this.self = self;
        this.senderHeader = senderHeader;
        this.members = members;
        this.client = vertx.httpClientBuilder()
                .with(new HttpClientOptions(transport).setConnectTimeout((int) connectTimeout.toMillis()))
                .with(new PoolOptions().setHttp1MaxSize(CONNECTIONS).setMaxWaitQueueSize(WAITING))
                .withConnectHandler(connection -> connection.exceptionHandler(error -> {})).build();
    }

    @Override
    public CompletionStage<JsonObject> send(String member, PeerCall call, JsonObject body, Duration timeout) {
        Optional<Endpoint> peer = members.apply(member).map(Member::peer);
        if (peer.isEmpty()) {
            return Future.<JsonObject>failedFuture(failure(member + " is no member")).toCompletionStage();
        }
        RequestOptions request = new RequestOptions().setMethod(HttpMethod.POST).setHost(peer.get().host())
                .setPort(peer.get().port()).setURI(PREFIX + call.path()).setIdleTimeout(timeout.toMillis())
                .addHeader(senderHeader, self).addHeader("Content-Type", "application/json");
        return client.request(request).compose(sent -> sent.send(body.toBuffer()))
                .compose(response -> response.body().compose(answer -> read(member, response, answer)))
                .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS).toCompletionStage();
    }

    private Future<JsonObject> read(String member, HttpClientResponse response, Buffer answer) {
        if (response.statusCode() != OK || !member.equals(response.getHeader(senderHeader))) {
            return Future.failedFuture(failure(member + " answers " + response.statusCode()));
        }
        try {
            return Future.succeededFuture(answer.length() == 0 ? new JsonObject() : answer.toJsonObject());
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
