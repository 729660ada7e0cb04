package io.sandgate.gateway.connection;

import io.sandgate.membership.Member;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// Asks another replica; never repeats by itself. May be called from any thread.
@FunctionalInterface
public interface PeerTransport {

    /// Sends requests together.
    ///
    /// @param timeout of the whole exchange
    /// @return one answer for each, in their order; fails with a [NotCarriedOutException] when asking again is of no use, and
    ///     with anything else when it may be
    CompletionStage<List<PeerAnswer>> send(Member peer, List<PeerRequest> requests, Duration timeout);
}
