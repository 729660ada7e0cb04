package io.sandgate.gateway.stream.replicate;

import io.sandgate.membership.Member;
import io.vertx.core.Future;
import io.vertx.core.Promise;
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
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/// Sends parcels to the peer listeners of the other replicas, over a pooled connection to each. A request that takes too long
/// is reset: it is not in flight any more when the caller hears of it.
public final class HttpParcels implements ParcelTransport, AutoCloseable {
    /// Where a peer listener takes parcels.
    public static final String PATH = "/events/replicate";
    /// Bytes of a request or an answer at most: a parcel with one event of the longest that logs take, all of it escaped, is less.
    public static final int MAX_BODY = 4 << 20;

    private static final int TAKEN = 200;
    private static final int REFUSED = 409;
    /// There is one request at a time; another connection takes the next when one was reset.
    private static final int CONNECTIONS = 2;
    private static final int WAITING = 4;

    private final Vertx vertx;
    private final HttpClient client;
    private final String self;
    private final String senderHeader;

    /// @param transport how peers are reached
    /// @param senderHeader in which a caller says who it is
    public HttpParcels(Vertx vertx, HttpClientOptions transport, String self, String senderHeader,
            Duration connectTimeout) {
        this.vertx = vertx;
        this.self = self;
        this.senderHeader = senderHeader;
        this.client = vertx.httpClientBuilder()
                .with(new HttpClientOptions(transport).setConnectTimeout((int) connectTimeout.toMillis())
                        .setTcpNoDelay(true))
                .with(new PoolOptions().setHttp1MaxSize(CONNECTIONS).setMaxWaitQueueSize(WAITING))
                .withConnectHandler(connection -> connection.exceptionHandler(error -> {})).build();
    }

    @Override
    public CompletionStage<Reply> send(Member peer, Parcel parcel, Duration timeout) {
        RequestOptions options = new RequestOptions().setMethod(HttpMethod.POST).setHost(peer.peer().host())
                .setPort(peer.peer().port()).setURI(PATH).setIdleTimeout(timeout.toMillis())
                .addHeader(senderHeader, self).addHeader("Content-Type", "application/json");
        // half a megabyte takes milliseconds, which no event loop has
        Future<Buffer> body = vertx.executeBlocking(() -> ParcelJson.write(parcel), false);
        Future<HttpClientRequest> connected = body.compose(ready -> client.request(options));
        return connected.compose(request -> request.send(body.result()))
                .compose(response -> read(peer.id(), response)).timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .onFailure(error -> connected.onSuccess(HttpClientRequest::reset)).toCompletionStage();
    }

    private Future<Reply> read(String peer, HttpClientResponse response) {
        int status = response.statusCode();
        // one that is reset unread would be logged otherwise
        response.exceptionHandler(error -> {});
        if ((status != TAKEN && status != REFUSED) || !peer.equals(response.getHeader(senderHeader))) {
            return Future.failedFuture(new IOException(peer + " answers " + status));
        }
        Promise<Buffer> whole = Promise.promise();
        Buffer body = Buffer.buffer();
        response.exceptionHandler(whole::tryFail).endHandler(end -> whole.tryComplete(body)).handler(piece -> {
            if (body.length() + piece.length() > MAX_BODY) {
                whole.tryFail(new IOException(peer + " answers more than " + MAX_BODY + " bytes"));
            } else {
                body.appendBuffer(piece);
            }
        });
        return whole.future().map(answer -> ParcelJson.readReply(status == TAKEN, answer));
    }

    @Override
    public void close() {
        client.close();
    }
}
