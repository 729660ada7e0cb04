package io.sandgate.proxy.forward;

import io.sandgate.proxy.route.Route;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Where the data plane finds routes.
public interface RouteLookup {

    /// The route that an id leads to, or null. Called for each request, on an event loop: it takes no lock.
    @Nullable
    Route find(String id);

    /// Asks elsewhere for an id that [#find] does not know: once for each request, bounded by the implementation.
    ///
    /// What it finds should be in the table by the time that the stage completes: a route that the table does not hold
    /// is used, and its end goes unnoticed until its sandbox closes the connections. May complete on any thread.
    CompletionStage<@Nullable Route> ask(String id);
}
