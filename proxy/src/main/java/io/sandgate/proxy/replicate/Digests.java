package io.sandgate.proxy.replicate;

import io.sandgate.membership.RouteSummary;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteChange;
import io.sandgate.proxy.route.RouteHash;
import io.sandgate.proxy.route.RouteListener;
import io.sandgate.proxy.route.RouteTable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The digest of each authority's routes in a table, kept up with each change in constant time.
///
/// Changed by the table's listener calls, which come one at a time; read from any thread.
public final class Digests implements RouteListener {
    private static final Logger log = LoggerFactory.getLogger(Digests.class);

    /// A check holds up the table for so many at a time.
    private static final int BUCKETS_AT_ONCE = RouteHash.BUCKETS / 64;

    private static final class Kept {
        private final BucketSums sums = new BucketSums();
        private volatile RouteSummary summary = RouteSummary.NONE;

        private Digest digest() {
            return new Digest(sums.copy(0, RouteHash.BUCKETS), summary.count());
        }

        private void add(int bucket, long element, int routes) {
            sums.add(bucket, element);
            summary = new RouteSummary(summary.root() + element, summary.count() + routes);
        }
    }

    private final RouteTable table;
    private final RouteHash hash;
    private volatile Map<String, Kept> digests = new ConcurrentHashMap<>();

    /// Follows a table from now on.
    public Digests(RouteTable table) {
        this.table = table;
        this.hash = table.hash();
        table.undisturbed(() -> {
            table.routes().forEach(route -> add(digests, route, 1));
            table.onChange(this);
        });
    }

    @Override
    public void changed(RouteChange change) {
        if (change.before() != null) {
            add(digests, change.before(), -1);
        }
        if (change.after() != null) {
            add(digests, change.after(), 1);
        }
    }

    private void add(Map<String, Kept> to, Route route, int sign) {
        Kept kept = to.computeIfAbsent(route.authority(), authority -> new Kept());
        kept.add(hash.bucket(route.key()), sign * hash.element(route), sign);
        if (kept.summary.count() == 0) {
            to.remove(route.authority());
        }
    }

    /// The root and number of an authority's routes.
    public RouteSummary summary(String authority) {
        Kept kept = digests.get(authority);
        return kept == null ? RouteSummary.NONE : kept.summary;
    }

    /// The whole digest of an authority's routes.
    public Digest digest(String authority) {
        Kept kept = digests.get(authority);
        return kept == null ? Digest.EMPTY : kept.digest();
    }

    /// The summaries of all authorities that have routes here.
    public Map<String, RouteSummary> summaries() {
        Map<String, RouteSummary> summaries = new HashMap<>();
        digests.forEach((authority, kept) -> summaries.put(authority, kept.summary));
        return summaries;
    }

    /// Computes everything anew from the table, and takes that where it is another.
    ///
    /// The table takes no change while a part of it is looked at, which is a few milliseconds a million routes; only where
    /// something is wrong it takes none until all has been computed.
    ///
    /// @param wrong is told each authority whose digest was not that of its routes
    public void check(Consumer<String> wrong) {
        AtomicBoolean same = new AtomicBoolean(true);
        for (int from = 0; from < RouteHash.BUCKETS; from += BUCKETS_AT_ONCE) {
            int first = from;
            table.undisturbed(() -> same.compareAndSet(true, isRight(first, first + BUCKETS_AT_ONCE)));
        }
        table.undisturbed(() -> same.compareAndSet(true, count() == table.size()));
        if (!same.get()) {
            table.undisturbed(() -> computeAnew(wrong));
        }
    }

    private boolean isRight(int from, int to) {
        Map<String, long[]> anew = new HashMap<>();
        for (int bucket = from; bucket < to; bucket++) {
            for (Route route : table.bucket(bucket)) {
                anew.computeIfAbsent(route.authority(), authority -> new long[to - from])[bucket - from] += hash
                        .element(route);
            }
        }
        long[] none = new long[to - from];
        return digests.keySet().containsAll(anew.keySet()) && digests.entrySet().stream()
                .allMatch(entry -> Arrays.equals(entry.getValue().sums.copy(from, to),
                        anew.getOrDefault(entry.getKey(), none)));
    }

    private long count() {
        return digests.values().stream().mapToLong(kept -> kept.summary.count()).sum();
    }

    private void computeAnew(Consumer<String> wrong) {
        Map<String, Kept> anew = new ConcurrentHashMap<>();
        table.routes().forEach(route -> add(anew, route, 1));
        Map<String, Kept> kept = new HashMap<>(digests);
        kept.keySet().stream().filter(authority -> !anew.containsKey(authority)).forEach(wrong);
        anew.forEach((authority, right) -> {
            Kept mine = kept.get(authority);
            if (mine == null || !mine.digest().equals(right.digest())) {
                log.error("digest.wrong authority={} (computed anew)", authority);
                wrong.accept(authority);
            }
        });
        digests = anew;
    }
}
