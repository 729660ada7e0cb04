package io.sandgate.gateway.stream.replicate;

import io.sandgate.membership.Member;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/// How parcels reach the other replicas. Never retries.
@FunctionalInterface
public interface ParcelTransport {

    /// Sends a parcel; called on the loop.
    ///
    /// @param timeout after which the request is given up
    /// @return the answer, on any thread; fails when there is none or when the peer cannot take it now
    CompletionStage<Reply> send(Member peer, Parcel parcel, Duration timeout);
}
