package io.sandgate.gateway.stream.replicate;

import io.sandgate.gateway.peer.PeerCalls;
import io.sandgate.gateway.peer.PeerCalls.Answer;
import io.sandgate.membership.Member;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/// Sends parcels to the other replicas through their peer listeners.
public final class HttpParcels implements ParcelTransport, AutoCloseable {
    /// Where a peer listener takes parcels.
    public static final String PATH = "/events/replicate";
    /// Bytes of a request at most: a parcel with one event of the longest that logs take, all of it escaped, is less.
    public static final int MAX_BODY = 4 << 20;

    private static final int TAKEN = 200;
    private static final int REFUSED = 409;
    /// There is one request at a time; another connection takes the next when one was reset.
    private static final int CONNECTIONS = 2;
    private static final int WAITING = 4;

    private final Vertx vertx;
    private final PeerCalls calls;

    /// @param transport how peers are reached
    /// @param senderHeader in which a caller says who it is
    public HttpParcels(Vertx vertx, HttpClientOptions transport, String self, String senderHeader,
            Duration connectTimeout) {
        this.vertx = vertx;
        this.calls = new PeerCalls(vertx, transport, self, senderHeader, connectTimeout, CONNECTIONS, WAITING);
    }

    @Override
    public CompletionStage<Reply> send(Member peer, Parcel parcel, Duration timeout) {
        // half a megabyte takes milliseconds, which no event loop has
        Future<Buffer> body = vertx.executeBlocking(() -> ParcelJson.write(parcel), false);
        return calls.post(peer, PATH, body, timeout).map(answer -> read(peer, answer)).toCompletionStage();
    }

    private static Reply read(Member peer, Answer answer) {
        int status = answer.status();
        if ((status != TAKEN && status != REFUSED) || !answer.isPeers()) {
            throw new UncheckedIOException(new IOException(peer.id() + " answers " + status));
        }
        return ParcelJson.readReply(status == TAKEN, answer.body());
    }

    @Override
    public void close() {
        calls.close();
    }
}
