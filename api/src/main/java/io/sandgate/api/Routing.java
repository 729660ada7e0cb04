package io.sandgate.api;

import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.api.admin.RouteCounts;
import io.sandgate.membership.Member;
import io.sandgate.proxy.forward.RouteLookup;
import io.sandgate.proxy.replicate.DigestReconciler;
import io.sandgate.proxy.replicate.DigestWatch;
import io.sandgate.proxy.replicate.Digests;
import io.sandgate.proxy.replicate.HttpDigests;
import io.sandgate.proxy.replicate.HttpPeers;
import io.sandgate.proxy.replicate.Loop;
import io.sandgate.proxy.replicate.PeerLookup;
import io.sandgate.proxy.replicate.PeerSync;
import io.sandgate.proxy.replicate.PeerWatch;
import io.sandgate.proxy.replicate.ReconcileMetrics;
import io.sandgate.proxy.replicate.VertxLoop;
import io.sandgate.proxy.replicate.Witnesses;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteTable;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.internal.VertxInternal;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The route table of a replica and its replication, wired together.
///
/// @param table what this replica knows
/// @param counts of it by authority
/// @param digests of it by authority
/// @param peers the client of the peer API
/// @param sync push
/// @param reconciler pull, by digests
/// @param watch pull, by the membership
/// @param differences pull, by what others say that they have
/// @param lookup pull, of one id
/// @param witnesses who tell whether one that left still answers
/// @param loop the one that replication runs on
record Routing(RouteTable table, RouteCounts counts, Digests digests, HttpPeers peers, PeerSync sync,
        DigestReconciler reconciler, PeerWatch watch, DigestWatch differences, PeerLookup lookup,
        Witnesses witnesses, Loop loop) implements RouteLookup {

    /// @param transport how peers are reached: TLS or not
    /// @param others the members other than this one
    /// @param lastKnown one of them, or of those that left
    /// @param isRoutable whether one of them is heard and healthy
    static Routing open(Vertx vertx, String self, ModuleSettings settings, HttpClientOptions transport,
            Supplier<List<Member>> others, Function<String, Optional<Member>> lastKnown, Predicate<Member> isRoutable,
            RandomGenerator random, MeterRegistry meters) {
        Loop loop = new VertxLoop(vertx, ((VertxInternal) vertx).createEventLoopContext());
        RouteTable table = new RouteTable(settings.table(), settings.targets(), System::nanoTime, settings.hash());
        RouteCounts counts = new RouteCounts();
        table.onChange(counts);
        Gauge.builder("sandgate.routes", table, RouteTable::size).description("Routes in the table").register(meters);
        Gauge.builder("sandgate.routes.fences", table, RouteTable::fenceCount)
                .description("Deleted routes whose versions are still refused").register(meters);
        HttpPeers peers = new HttpPeers(vertx, self, transport);
        PeerSync sync = new PeerSync(settings.sync(), peers, loop, random, meters);
        Digests digests = new Digests(table);
        HttpDigests fetch = new HttpDigests(peers);
        ReconcileMetrics metrics = new ReconcileMetrics(meters);
        DigestReconciler reconciler = new DigestReconciler(table, digests, fetch, peers,
                (peer, routes) -> routes.forEach(route -> sync.tell(peer, route)), metrics);
        PeerWatch watch = new PeerWatch(self, sync, reconciler, loop);
        Supplier<List<Member>> routable = () -> others.get().stream().filter(isRoutable).toList();
        DigestWatch differences = new DigestWatch(self, digests, watch, reconciler, fetch, routable, loop, random,
                metrics);
        PeerLookup lookup = new PeerLookup(self, table, others, peers, sync, loop, PeerLookup.Limits.DEFAULT,
                Ticker.systemTicker(), meters);
        Witnesses witnesses = new Witnesses(peers, routable, lastKnown, random);
        return new Routing(table, counts, digests, peers, sync, reconciler, watch, differences, lookup, witnesses,
                loop);
    }

    @Override
    public @Nullable Route find(String id) {
        return table.find(id);
    }

    @Override
    public CompletionStage<@Nullable Route> ask(String id) {
        return lookup.find(id);
    }
}
