package io.sandgate.proxy.replicate;

import io.sandgate.membership.Member;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// Carries route changes to a peer.
public interface PeerTransport {

    /// Sends a batch once.
    ///
    /// @param batch may be empty, which asks only whether the peer answers
    /// @param reconcile tells the peer that it missed changes and must fetch from this replica
    /// @param timeout after which the request is given up and the stage failed
    /// @return how many of the routes the peer refused as invalid; failed with [PeerRefusedException] for an answer that is
    ///         no success, and with the exception of the network otherwise. Completes on any thread.
    CompletionStage<Integer> send(Member peer, List<EncodedRoute> batch, boolean reconcile, Duration timeout);
}
