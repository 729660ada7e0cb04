package io.sandgate.api.stream.source;

import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.Event.Reach;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteChange;
import io.sandgate.proxy.route.RouteKey;
import io.sandgate.proxy.route.RouteListener;
import io.sandgate.proxy.route.RouteStates;
import io.sandgate.proxy.route.RouteTable;
import io.vertx.core.json.JsonObject;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The events of the routes that this replica is the authority of, or was until it ended them. Each is told once in the
/// cluster, by whoever made the change; connections of clients, which are rows of the table too, are not told here.
///
/// What is in a route beyond the model may hold secrets and is not told, nor is its address.
final class RouteEvents implements RouteListener, Source {
    static final String PREFIX = "route/";
    private static final String CLIENTS = "client";
    private static final String CHANGED = "route.changed";
    private static final String DELETED = "route.deleted";

    private final String self;
    private final RouteTable table;
    private final Telling telling;
    private final InstantSource clock;

    RouteEvents(String self, RouteTable table, Telling telling, InstantSource clock) {
        this.self = self;
        this.table = table;
        this.telling = telling;
        this.clock = clock;
    }

    @Override
    public void changed(RouteChange change) {
        if (!change.authority().equals(self) || change.key().namespace().equals(CLIENTS)) {
            return;
        }
        Route after = change.after();
        Route before = change.before();
        if (after != null) {
            telling.tell(event(CHANGED, after, after.state()));
        } else if (before != null) {
            telling.tell(event(DELETED, before, RouteStates.DEAD));
        }
    }

    private Event event(String kind, Route route, String state) {
        JsonObject data = new JsonObject().put("namespace", route.namespace()).put("name", route.name())
                .put("id", route.id()).put("uid", route.uid()).put("state", state)
                .put("version", route.version().toString()).put("authority", route.authority());
        String sandbox = route.namespace().equals(Route.DEFAULT_NAMESPACE) ? route.id() : "";
        return new Event(kind, subject(route.key()), kind.equals(DELETED), clock.instant(), sandbox, route.owner(),
                Map.of(), data.encode(), Reach.CLUSTER);
    }

    /// Names may hold anything, so the slash that ends the namespace is made the only one in it.
    private static String subject(RouteKey key) {
        return PREFIX + key.namespace().replace("%", "%25").replace("/", "%2F") + "/" + key.name();
    }

    private static RouteKey key(String subject) {
        int slash = subject.indexOf('/', PREFIX.length());
        String namespace = subject.substring(PREFIX.length(), slash);
        return new RouteKey(namespace.replace("%2F", "/").replace("%25", "%"), subject.substring(slash + 1));
    }

    // --- what the log has ---------------------------------------------------------------------------------------------------

    @Override
    public String prefix() {
        return PREFIX;
    }

    @Override
    public Set<String> subjects() {
        Set<String> subjects = new HashSet<>();
        for (Route route : table.routes()) {
            if (isTold(route)) {
                subjects.add(subject(route.key()));
            }
        }
        return subjects;
    }

    private boolean isTold(Route route) {
        return route.authority().equals(self) && !route.namespace().equals(CLIENTS);
    }

    @Override
    public Optional<Event> correction(String subject, @Nullable Event told) {
        Route route = table.get(key(subject));
        if (route == null) {
            return Optional.ofNullable(told).map(this::gone);
        }
        if (!isTold(route)) {
            return Optional.empty();
        }
        Event now = event(CHANGED, route, route.state());
        return told != null && Facts.agree(told, now) ? Optional.empty() : Optional.of(now);
    }

    private Event gone(Event told) {
        return new Event(DELETED, told.subject(), true, clock.instant(), told.sandbox(), told.owner(), Map.of(),
                Facts.of(told).put("state", RouteStates.DEAD).encode(), Reach.CLUSTER);
    }
}
