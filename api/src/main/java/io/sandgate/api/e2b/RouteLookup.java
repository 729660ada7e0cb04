package io.sandgate.api.e2b;

import io.sandgate.proxy.route.Route;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/// Asks the peers for a route that the table of this replica does not hold.
@FunctionalInterface
public interface RouteLookup {

    /// The route that an id leads to on any peer; completes within a bound of its own, with null when no peer knows
    /// one, and fails when it cannot tell.
    Future<@Nullable Route> ask(String id);
}
