package io.sandgate.api.e2b;

import io.sandgate.membership.Member;
import io.vertx.core.Future;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Passes clients' calls on to the replica that has what they are about; its answer is the answer.
///
/// @param peers speaks with it
/// @param deadline how long it may take
record Relay(PeerClient peers, Duration deadline) {
    private static final Logger log = LoggerFactory.getLogger(Relay.class);

    /// @param why that replica, for the client when there is no answer: "where sandbox x lives"
    Future<Reply> send(Member to, PeerRequest call, String why) {
        return peers.send(to, call, "call", deadline).recover(failure -> {
            if (failure instanceof PeerFailure unanswered) {
                log.info("owner.unanswered member={} path={} kind={} reason={} requestId={}", to.id(), call.path(),
                        unanswered.kind(), unanswered.getMessage(), call.request().requestId());
                return Future.failedFuture(refusal("Replica " + to.id() + ", " + why + ", ", unanswered.kind()));
            }
            return Future.failedFuture(failure);
        });
    }

    private ApiException refusal(String where, PeerFailure.Kind kind) {
        return switch (kind) {
            case UNREACHABLE -> ApiException.of(503, where
                    + "cannot be reached; nothing was changed. Try again, and check that replica if it stays so");
            case BUSY ->
                ApiException.of(503, where + "has too many calls waiting; nothing was changed. Try again soon");
            case BROKEN -> ApiException.of(503,
                    where + "broke off before it answered. Look what became of it before trying again");
            case TIMEOUT -> ApiException.of(504, where + "did not answer within " + deadline.toMillis()
                    + " ms. The call may go on: look what became of it before trying again");
        };
    }
}
