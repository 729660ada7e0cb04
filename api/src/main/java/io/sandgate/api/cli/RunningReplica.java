package io.sandgate.api.cli;

import io.sandgate.membership.Endpoint;

/// A replica that is ready.
public interface RunningReplica extends AutoCloseable {

    /// Where its public listener answers, with the port that it got.
    Endpoint publicEndpoint();

    /// The URL of its public listener.
    String publicUrl();

    /// Where its peer listener answers, with the port that it got.
    Endpoint peerEndpoint();

    /// Where its admin listener answers, with the port that it got.
    Endpoint adminEndpoint();

    /// Drains and stops it, within the times that its settings give.
    @Override
    void close();
}
