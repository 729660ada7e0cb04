package io.sandgate.gateway.connection.peer;

import io.sandgate.gateway.connection.NotCarriedOutException;
import io.sandgate.gateway.connection.PeerAnswer;
import io.sandgate.gateway.connection.PeerJson;
import io.sandgate.gateway.connection.PeerRequest;
import io.sandgate.gateway.connection.PeerTransport;
import io.sandgate.gateway.peer.PeerCalls;
import io.sandgate.gateway.peer.PeerCalls.Answer;
import io.sandgate.membership.Member;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// Asks the other replicas about connections through their peer listeners.
public final class HttpPeerTransport implements PeerTransport, AutoCloseable {
    /// Where a peer listener answers.
    public static final String PATH = "/connections/deliver";

    private static final int OK = 200;
    private static final int TOO_MANY = 429;
    private static final int FAILURES = 500;
    /// One request is under way to a replica at a time; one that was given up may not have ended yet.
    private static final int CONNECTIONS = 2;
    private static final int WAITING = 16;

    private final PeerCalls calls;

    /// @param transport how peers are reached: TLS or not
    /// @param self the id of this replica
    /// @param senderHeader in which a caller, and who answers, says who it is
    public HttpPeerTransport(Vertx vertx, HttpClientOptions transport, String self, String senderHeader,
            Duration connectTimeout) {
        this.calls = new PeerCalls(vertx, transport, self, senderHeader, connectTimeout, CONNECTIONS, WAITING);
    }

    @Override
    public CompletionStage<List<PeerAnswer>> send(Member peer, List<PeerRequest> requests, Duration timeout) {
        return calls.post(peer, PATH, Future.succeededFuture(PeerJson.requests(requests)), timeout)
                .map(HttpPeerTransport::read).toCompletionStage();
    }

    private static List<PeerAnswer> read(Answer answer) {
        int status = answer.status();
        if (status == TOO_MANY || status >= FAILURES) {
            throw new UncheckedIOException(new IOException("answers " + status));
        }
        if (status != OK) {
            throw new NotCarriedOutException("answers " + status);
        }
        if (!answer.isPeers()) {
            throw new NotCarriedOutException("another replica answers where it did");
        }
        try {
            return PeerJson.readAnswers(answer.body());
        } catch (IllegalArgumentException e) {
            throw new NotCarriedOutException("its answer cannot be read: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        calls.close();
    }
}
