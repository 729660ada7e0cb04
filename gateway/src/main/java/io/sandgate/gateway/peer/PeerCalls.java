package io.sandgate.gateway.peer;

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
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Posts JSON to the peer listeners of the other replicas, over pooled connections to each. Never retries: whoever calls does,
/// with what is true then.
///
/// A call that fails or takes too long is reset: it is not under way any more when the caller hears of it.
public final class PeerCalls implements AutoCloseable {

    /// More than a peer has to say.
    private static final int MAX_ANSWER = 64 << 20;
    private static final int OK = 200;

    /// What a peer listener answered, read to its end.
    ///
    /// @param isPeers whether the replica that was called answered, and no other one that listens where it did
    public record Answer(int status, boolean isPeers, Buffer body) {}

    private final HttpClient client;
    private final String self;
    private final String senderHeader;

    /// @param transport how peers are reached: TLS or not
    /// @param self the id of this replica
    /// @param senderHeader in which a caller, and who answers, says who it is
    /// @param connections to one replica at most
    /// @param waiting calls that wait for one of them at most
    public PeerCalls(Vertx vertx, HttpClientOptions transport, String self, String senderHeader,
            Duration connectTimeout, int connections, int waiting) {
        this.self = self;
        this.senderHeader = senderHeader;
        // whoever uses a connection hears of its end by the call
        this.client = vertx.httpClientBuilder()
                .with(new HttpClientOptions(transport).setConnectTimeout((int) connectTimeout.toMillis())
                        .setKeepAlive(true).setTcpNoDelay(true))
                .with(new PoolOptions().setHttp1MaxSize(connections).setMaxWaitQueueSize(waiting))
                .withConnectHandler(connection -> connection.exceptionHandler(error -> {})).build();
    }

    /// Posts an object, and gives the object of the answer; fails when the answer is no 200 of that peer.
    public Future<JsonObject> ask(Member peer, String path, JsonObject body, Duration timeout) {
        return post(peer, path, Future.succeededFuture(body.toBuffer()), timeout).map(answer -> object(peer, answer));
    }

    private static JsonObject object(Member peer, Answer answer) {
        if (answer.status() != OK) {
            throw failure(peer.id() + " answers " + answer.status());
        }
        if (!answer.isPeers()) {
            throw failure("another replica answers where " + peer.id() + " did");
        }
        try {
            return answer.body().toJsonObject();
        } catch (DecodeException e) {
            throw failure(peer.id() + " answers something that is not JSON");
        }
    }

    private static UncheckedIOException failure(String message) {
        return new UncheckedIOException(message, new IOException(message));
    }

    /// Posts a body, and gives the answer whatever it is.
    ///
    /// @param body comes within the timeout, too
    public Future<Answer> post(Member peer, String path, Future<Buffer> body, Duration timeout) {
        RequestOptions options = new RequestOptions().setMethod(HttpMethod.POST).setHost(peer.peer().host())
                .setPort(peer.peer().port()).setURI(path).setIdleTimeout(timeout.toMillis())
                .addHeader(senderHeader, self).addHeader("Content-Type", "application/json");
        Future<HttpClientRequest> connected = body.compose(ready -> client.request(options));
        return connected.compose(request -> request.send(body.result())).compose(response -> read(peer, response))
                .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .onFailure(error -> connected.onSuccess(HttpClientRequest::reset));
    }

    private Future<Answer> read(Member peer, HttpClientResponse response) {
        Promise<Buffer> whole = Promise.promise();
        Buffer body = Buffer.buffer();
        response.exceptionHandler(whole::tryFail).endHandler(end -> whole.tryComplete(body)).handler(piece -> {
            if (body.length() + piece.length() > MAX_ANSWER) {
                whole.tryFail(failure(peer.id() + " answers more than " + MAX_ANSWER + " bytes"));
            } else {
                body.appendBuffer(piece);
            }
        });
        boolean isPeers = peer.id().equals(response.getHeader(senderHeader));
        return whole.future().map(read -> new Answer(response.statusCode(), isPeers, read));
    }

    @Override
    public void close() {
        client.close();
    }
}
