package io.sandgate.proxy.replicate;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.membership.Member;
import io.sandgate.membership.RouteSummary;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteHash;
import io.sandgate.proxy.route.RouteKey;
import io.sandgate.proxy.route.RouteTable;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/// Peers whose digests differ in every bucket, so that their whole lists are read.
final class WholeLists implements DigestFetch {

    /// A reconciler that reads whole lists.
    static DigestReconciler reconciler(RouteTable table, RouteFetch lists) {
        return new DigestReconciler(table, new Digests(table), new WholeLists(), lists, (peer, routes) -> {},
                new ReconcileMetrics(new SimpleMeterRegistry()));
    }

    @Override
    public CompletionStage<Digest> digest(Member peer, String authority) {
        long[] sums = new long[RouteHash.BUCKETS];
        Arrays.fill(sums, 0x5a5a5a5a5a5a5a5aL);
        return CompletableFuture.completedFuture(new Digest(sums, 1));
    }

    @Override
    public CompletionStage<Map<String, RouteSummary>> summaries(Member peer) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<List<Listed>> listing(Member peer, String authority, Collection<Integer> buckets) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Void> routes(Member peer, Collection<RouteKey> keys, Consumer<Route> each) {
        throw new UnsupportedOperationException();
    }
}
