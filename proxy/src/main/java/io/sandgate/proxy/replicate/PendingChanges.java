package io.sandgate.proxy.replicate;

import io.sandgate.proxy.route.RouteKey;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The changes that wait for one peer: of each route the newest version, with the callers who want to know of it.
/// Changed on the loop; the size may be read from any thread.
final class PendingChanges {

    /// A change that waits. Whoever waits for an older one of the same route is answered by the newer.
    record Entry(EncodedRoute change, List<Delivery> deliveries) {

        void acknowledged(String peer) {
            deliveries.forEach(delivery -> delivery.acknowledged(peer));
        }

        void failed(String peer) {
            deliveries.forEach(delivery -> delivery.failed(peer));
        }

        private Entry with(Entry other) {
            int order = other.change.route().version().compareTo(change.route().version());
            // a deletion has the version of what it deletes, and comes after it
            boolean newer = order > 0 || (order == 0 && other.change.route().isDead());
            List<Delivery> both = new ArrayList<>(deliveries);
            both.addAll(other.deliveries);
            both.removeIf(Delivery::isDone);
            return new Entry(newer ? other.change : change, both);
        }
    }

    private final int capacity;
    private final Map<RouteKey, Entry> newest = new LinkedHashMap<>();
    private volatile int size;

    PendingChanges(int capacity) {
        this.capacity = capacity;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return newest.isEmpty();
    }

    /// Adds a change, unless it is of a further route and there is no room.
    ///
    /// @return whether there was room
    boolean put(Entry entry) {
        RouteKey key = entry.change().route().key();
        Entry present = newest.get(key);
        if (present == null && newest.size() >= capacity) {
            return false;
        }
        newest.put(key, present == null ? entry : present.with(entry));
        size = newest.size();
        return true;
    }

    /// Removes what fits one request, the longest waiting first: at least one change, if there is any.
    List<Entry> take(int maxRoutes, int maxBytes) {
        List<Entry> taken = new ArrayList<>();
        int bytes = 0;
        for (Iterator<Entry> next = newest.values().iterator(); next.hasNext() && taken.size() < maxRoutes;) {
            Entry entry = next.next();
            bytes += entry.change().json().length() + 1;
            if (!taken.isEmpty() && bytes > maxBytes) {
                break;
            }
            taken.add(entry);
            next.remove();
        }
        size = newest.size();
        return taken;
    }

    /// Removes everything.
    List<Entry> clear() {
        List<Entry> all = List.copyOf(newest.values());
        newest.clear();
        size = 0;
        return all;
    }
}
