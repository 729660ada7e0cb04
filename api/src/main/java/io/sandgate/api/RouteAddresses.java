package io.sandgate.api;

import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteChange;
import io.sandgate.proxy.route.RouteListener;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The addresses that routes point to, kept up with each change, so that no new sandbox gets one of them. May be read
/// from any thread.
final class RouteAddresses implements RouteListener {
    private final Map<String, Integer> routes = new ConcurrentHashMap<>();

    @Override
    public void changed(RouteChange change) {
        count(change.after(), 1);
        count(change.before(), -1);
    }

    private void count(@Nullable Route route, int difference) {
        if (route != null && !route.ip().isEmpty()) {
            routes.merge(route.ip(), difference, (now, more) -> now + more == 0 ? null : now + more);
        }
    }

    boolean contains(String address) {
        return routes.containsKey(address);
    }
}
