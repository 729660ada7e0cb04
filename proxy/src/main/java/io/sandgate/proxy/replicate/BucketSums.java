package io.sandgate.proxy.replicate;

import io.sandgate.proxy.route.RouteHash;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/// One sum for each bucket; small while few buckets have one.
///
/// Changed by one thread at a time, read by any: a reader may see some buckets before a change and some after it.
final class BucketSums {
    private static final int MOST_SPARSE = 256;

    private final Map<Integer, Long> sparse = new ConcurrentHashMap<>();
    private volatile @Nullable AtomicLongArray dense;

    void add(int bucket, long amount) {
        AtomicLongArray all = dense;
        if (all != null) {
            all.setRelease(bucket, all.getPlain(bucket) + amount);
            return;
        }
        sparse.merge(bucket, amount, (sum, more) -> sum + more == 0 ? null : sum + more);
        if (sparse.size() > MOST_SPARSE) {
            dense = new AtomicLongArray(copy(0, RouteHash.BUCKETS));
            sparse.clear();
        }
    }

    /// The sums from one bucket up to, and without, another.
    long[] copy(int from, int to) {
        long[] copy = new long[to - from];
        AtomicLongArray all = dense;
        for (int bucket = from; bucket < to; bucket++) {
            copy[bucket - from] = all == null ? sparse.getOrDefault(bucket, 0L) : all.getAcquire(bucket);
        }
        return copy;
    }
}
