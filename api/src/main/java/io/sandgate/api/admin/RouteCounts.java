package io.sandgate.api.admin;

import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteChange;
import io.sandgate.proxy.route.RouteListener;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// How many routes each authority has in the table, kept up with each change. May be read from any thread.
public final class RouteCounts implements RouteListener {
    private final Map<String, Integer> counts = new ConcurrentHashMap<>();

    @Override
    public void changed(RouteChange change) {
        Route before = change.before();
        Route after = change.after();
        if (before != null && after != null && before.authority().equals(after.authority())) {
            return;
        }
        if (before != null) {
            counts.computeIfPresent(before.authority(), (authority, count) -> count == 1 ? null : count - 1);
        }
        if (after != null) {
            counts.merge(after.authority(), 1, Integer::sum);
        }
    }

    /// The routes of an authority.
    public int of(String authority) {
        return counts.getOrDefault(authority, 0);
    }
}
