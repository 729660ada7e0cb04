package io.sandgate.proxy.replicate;

import io.sandgate.membership.Endpoint;
import io.sandgate.membership.Member;
import io.sandgate.proxy.route.Route;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Reads routes from a peer. Every call is answered within a bounded time, whatever the peer does.
public interface RouteFetch {

    /// Streams the routes that the peer knows of one authority.
    ///
    /// @param each called for every route, in no order, on one thread
    /// @return done when the whole list has been read; failed when it was cut short, or is another replica's that answers
    ///         where the peer was
    CompletionStage<Void> routes(Member peer, String authority, Consumer<Route> each);

    /// Asks the peer for the route that an id leads to.
    ///
    /// @return the route or null
    CompletionStage<@Nullable Route> route(Endpoint peer, String id);
}
