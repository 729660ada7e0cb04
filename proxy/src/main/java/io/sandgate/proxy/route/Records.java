package io.sandgate.proxy.route;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The newest record of each key, in the buckets of the digests, so that what differs in one is found without a look at
/// all others.
///
/// Read from any thread without a lock; changed by one thread at a time.
final class Records {
    private final RouteHash hash;
    private final AtomicReferenceArray<@Nullable RouteBucket> buckets = new AtomicReferenceArray<>(RouteHash.BUCKETS);
    private volatile int size;

    Records(RouteHash hash) {
        this.hash = hash;
    }

    @Nullable
    Route get(RouteKey key) {
        RouteBucket bucket = buckets.get(hash.bucket(key));
        return bucket == null ? null : bucket.get(key);
    }

    // only one thread writes at a time
    @SuppressWarnings("NonAtomicVolatileUpdate")
    void put(RouteKey key, Route route) {
        int number = hash.bucket(key);
        RouteBucket before = buckets.get(number);
        RouteBucket bucket = before == null ? RouteBucket.empty() : before;
        int had = bucket.size();
        RouteBucket after = bucket.with(route);
        if (after != before) {
            buckets.set(number, after);
        }
        size += after.size() - had;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate")
    void remove(RouteKey key) {
        int number = hash.bucket(key);
        RouteBucket bucket = buckets.get(number);
        if (bucket != null && bucket.get(key) != null) {
            buckets.set(number, bucket.size() == 1 ? null : bucket.without(key));
            size--;
        }
    }

    int size() {
        return size;
    }

    List<Route> bucket(int number) {
        RouteBucket bucket = buckets.get(number);
        return bucket == null ? List.of() : bucket.routes();
    }

    Iterator<Route> iterator() {
        return IntStream.range(0, RouteHash.BUCKETS).boxed().flatMap(number -> bucket(number).stream()).iterator();
    }
}
