package io.sandgate.gateway.connection.peer;

import io.sandgate.gateway.connection.NotCarriedOutException;
import io.sandgate.gateway.connection.PeerAnswer;
import io.sandgate.gateway.connection.PeerJson;
import io.sandgate.gateway.connection.PeerRequest;
import io.sandgate.gateway.connection.PeerTransport;
import io.sandgate.membership.Member;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/// Asks the peer listeners of the other replicas, over pooled connections.
public final class HttpPeerTransport implements PeerTransport, AutoCloseable {
    /// Where a peer listener answers.
    public static final String PATH = "/connections/deliver";

    private static final int OK = 200;
    private static final int TOO_MANY = 429;
    private static final int FAILURES = 500;
    /// One request is under way to a replica at a time; one that was given up may not have ended yet.
    private static final int CONNECTIONS = 2;
    private static final int WAITING = 16;
    private static final int KEEP_ALIVE_SECONDS = 60;

    private final HttpClient client;
    private final String self;
    private final String senderHeader;

    /// @param transport how peers are reached: TLS or not
    /// @param self the id of this replica
    /// @param senderHeader in which a caller, and who answers, says who it is
    public HttpPeerTransport(Vertx vertx, HttpClientOptions transport, String self, String senderHeader,
            Duration connectTimeout) {
        this.self = self;
        this.senderHeader = senderHeader;
        this.client = vertx.httpClientBuilder()
                .with(new HttpClientOptions(transport).setConnectTimeout((int) connectTimeout.toMillis())
                        .setKeepAlive(true).setKeepAliveTimeout(KEEP_ALIVE_SECONDS).setTcpNoDelay(true))
                .with(new PoolOptions().setHttp1MaxSize(CONNECTIONS).setMaxWaitQueueSize(WAITING))
                .withConnectHandler(connection -> connection.exceptionHandler(error -> {})).build();
    }

    /// A request that fails or takes too long is reset: it is not under way any more when the caller hears of it.
    @Override
    public CompletionStage<List<PeerAnswer>> send(Member peer, List<PeerRequest> requests, Duration timeout) {
        RequestOptions options = new RequestOptions().setMethod(HttpMethod.POST).setHost(peer.peer().host())
                .setPort(peer.peer().port()).setURI(PATH).setIdleTimeout(timeout.toMillis())
                .addHeader(senderHeader, self).addHeader("content-type", "application/json");
        Future<HttpClientRequest> connected = client.request(options);
        return connected
                .compose(request -> request.send(PeerJson.requests(requests))
                        .compose(response -> response.body().compose(body -> read(peer.id(), response, body))))
                .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .onFailure(error -> connected.onSuccess(HttpClientRequest::reset)).toCompletionStage();
    }

    private Future<List<PeerAnswer>> read(String peer, HttpClientResponse response, Buffer body) {
        int status = response.statusCode();
        if (status == TOO_MANY || status >= FAILURES) {
            return Future.failedFuture(new UncheckedIOException(new IOException("answers " + status)));
        }
        if (status != OK) {
            return Future.failedFuture(new NotCarriedOutException("answers " + status));
        }
        if (!peer.equals(response.getHeader(senderHeader))) {
            return Future.failedFuture(new NotCarriedOutException("another replica answers where it did"));
        }
        try {
            return Future.succeededFuture(PeerJson.readAnswers(body));
        } catch (IllegalArgumentException e) {
            return Future.failedFuture(new NotCarriedOutException("its answer cannot be read: " + e.getMessage()));
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
