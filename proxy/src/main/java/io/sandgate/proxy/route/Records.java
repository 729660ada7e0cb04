package io.sandgate.proxy.route;

import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The newest record of each key, in the buckets of the digests, so that what differs in one is found without a look at
/// all others.
///
/// Read from any thread without a lock; changed by one thread at a time.
final class Records {
    private final RouteHash hash;
    private final AtomicReferenceArray<@Nullable Map<RouteKey, Route>> buckets = new AtomicReferenceArray<>(
            RouteHash.BUCKETS);
    private volatile int size;

    Records(RouteHash hash) {
        this.hash = hash;
    }

    @Nullable
    Route get(RouteKey key) {
        Map<RouteKey, Route> bucket = buckets.get(hash.bucket(key));
        return bucket == null ? null : bucket.get(key);
    }

    // only one thread writes at a time
    @SuppressWarnings("NonAtomicVolatileUpdate")
    void put(RouteKey key, Route route) {
        int number = hash.bucket(key);
        Map<RouteKey, Route> bucket = buckets.get(number);
        if (bucket == null) {
            bucket = new ConcurrentHashMap<>();
            buckets.set(number, bucket);
        }
        if (bucket.put(key, route) == null) {
            size++;
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate")
    void remove(RouteKey key) {
        Map<RouteKey, Route> bucket = buckets.get(hash.bucket(key));
        if (bucket != null && bucket.remove(key) != null) {
            size--;
        }
    }

    int size() {
        return size;
    }

    Collection<Route> bucket(int number) {
        Map<RouteKey, Route> bucket = buckets.get(number);
        return bucket == null ? List.of() : bucket.values();
    }

    Iterator<Route> iterator() {
        return IntStream.range(0, RouteHash.BUCKETS).boxed().flatMap(number -> bucket(number).stream()).iterator();
    }
}
