package io.sandgate.proxy.replicate;

import io.sandgate.membership.Member;
import java.util.concurrent.CompletionStage;

/// Fetches what this replica lacks of the routes that a peer is the authority of.
public interface Reconciler {

    /// Makes this replica's copy of the peer's routes complete. One round per peer runs at a time: a call during a round
    /// is answered by the round after it.
    ///
    /// @return done when complete; failed when the peer did not give its whole list
    CompletionStage<Void> reconcile(Member peer);
}
