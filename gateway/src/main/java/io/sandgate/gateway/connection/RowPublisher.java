package io.sandgate.gateway.connection;

import io.sandgate.proxy.route.Route;
import java.util.concurrent.CompletionStage;

/// Says a row, or its deletion, to the peers. May be called from any thread.
@FunctionalInterface
public interface RowPublisher {

    /// Publishes a row.
    ///
    /// @return done when the peers know, or have had their time
    CompletionStage<?> publish(Route row);
}
