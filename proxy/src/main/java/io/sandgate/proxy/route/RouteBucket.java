package io.sandgate.proxy.route;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Routes by their keys, in little more memory than the routes themselves: there is no object for a key or an entry.
///
/// Read from any thread without a lock; changed by one thread at a time.
final class RouteBucket {

    /*
     * Implementation notes.
     *
     * A hash table with open addressing: a route is at the place of its key's hash, or behind it with no empty place
     * between. Readers may look on while it changes, since a place that is taken stays with its key: it only gets newer
     * versions of the same route. Whatever would move a route to another place is done in a copy.
     */

    private static final int FEWEST_PLACES = 4;

    private final AtomicReferenceArray<@Nullable Route> places;
    /// Of the thread that changes it.
    private int size;

    private RouteBucket(int places) {
        this.places = new AtomicReferenceArray<>(places);
    }

    static RouteBucket empty() {
        return new RouteBucket(FEWEST_PLACES);
    }

    /// For the thread that changes it.
    int size() {
        return size;
    }

    @Nullable
    Route get(RouteKey key) {
        return places.get(place(key.namespace(), key.name()));
    }

    /// The routes, weakly consistent.
    List<Route> routes() {
        List<Route> routes = new ArrayList<>(places.length());
        for (int place = 0; place < places.length(); place++) {
            Route route = places.get(place);
            if (route != null) {
                routes.add(route);
            }
        }
        return routes;
    }

    /// This bucket with the route in place of its former version; or another one, when this has no room for one more.
    RouteBucket with(Route route) {
        int place = place(route.namespace(), route.name());
        boolean more = places.get(place) == null;
        // a quarter stays empty, so that a search soon ends
        if (more && (size + 1) * 4 > places.length() * 3) {
            RouteBucket larger = new RouteBucket(places.length() * 2);
            routes().forEach(larger::with);
            return larger.with(route);
        }
        places.set(place, route);
        size += more ? 1 : 0;
        return this;
    }

    /// Another bucket without the route of a key, which is in this one.
    RouteBucket without(RouteKey key) {
        RouteBucket rest = new RouteBucket(places.length());
        for (int place = 0; place < places.length(); place++) {
            rest.places.setPlain(place, places.get(place));
        }
        rest.size = size - 1;
        rest.empty(place(key.namespace(), key.name()));
        return rest;
    }

    /// Empties a place, and moves up what is behind it only because it was taken.
    private void empty(int place) {
        int gap = place;
        for (int next = after(gap); places.getPlain(next) != null; next = after(next)) {
            Route route = places.getPlain(next);
            if (route != null && distance(home(route.namespace(), route.name()), next) >= distance(gap, next)) {
                places.setPlain(gap, route);
                gap = next;
            }
        }
        places.setPlain(gap, null);
    }

    /// Where the route of a key is, or would be.
    private int place(String namespace, String name) {
        int place = home(namespace, name);
        for (Route route = places.get(place); route != null; route = places.get(place)) {
            if (route.name().equals(name) && route.namespace().equals(namespace)) {
                return place;
            }
            place = after(place);
        }
        return place;
    }

    private int home(String namespace, String name) {
        int hash = 31 * namespace.hashCode() + name.hashCode();
        return (hash ^ hash >>> 16) & (places.length() - 1);
    }

    private int after(int place) {
        return (place + 1) & (places.length() - 1);
    }

    private int distance(int from, int to) {
        return (to - from) & (places.length() - 1);
    }
}
