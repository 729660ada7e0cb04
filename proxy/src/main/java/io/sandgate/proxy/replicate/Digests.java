package io.sandgate.proxy.replicate;

import io.sandgate.membership.RouteSummary;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteChange;
import io.sandgate.proxy.route.RouteHash;
import io.sandgate.proxy.route.RouteListener;
import io.sandgate.proxy.route.RouteTable;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The digest of each authority's routes in a table, kept up with each change in constant time.
///
/// Changed by the table's listener calls, which come one at a time; read from any thread.
public final class Digests implements RouteListener {
    private static final Logger log = LoggerFactory.getLogger(Digests.class);

    private static final class Kept {
        private final BucketSums sums = new BucketSums();
        private volatile RouteSummary summary = RouteSummary.NONE;

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
        return kept == null ? Digest.EMPTY : new Digest(kept.sums.copy(), kept.summary.count());
    }

    /// The summaries of all authorities that have routes here.
    public Map<String, RouteSummary> summaries() {
        Map<String, RouteSummary> summaries = new HashMap<>();
        digests.forEach((authority, kept) -> summaries.put(authority, kept.summary));
        return summaries;
    }

    /// Computes everything anew from the table, and takes that where it is another.
    ///
    /// The table takes no change meanwhile; a million routes take about half a second.
    ///
    /// @param wrong is told each authority whose digest was not that of its routes
    public void check(Consumer<String> wrong) {
        table.undisturbed(() -> {
            Map<String, Kept> anew = new ConcurrentHashMap<>();
            table.routes().forEach(route -> add(anew, route, 1));
            Map<String, Kept> kept = new HashMap<>(digests);
            kept.keySet().stream().filter(authority -> !anew.containsKey(authority)).forEach(wrong);
            anew.forEach((authority, right) -> {
                Kept mine = kept.get(authority);
                if (mine == null || !new Digest(mine.sums.copy(), mine.summary.count())
                        .equals(new Digest(right.sums.copy(), right.summary.count()))) {
                    log.error("digest.wrong authority={} (computed anew)", authority);
                    wrong.accept(authority);
                }
            });
            digests = anew;
        });
    }
}
