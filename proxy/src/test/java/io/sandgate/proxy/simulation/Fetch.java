package io.sandgate.proxy.simulation;

import io.sandgate.membership.Endpoint;
import io.sandgate.membership.Member;
import io.sandgate.membership.RouteSummary;
import io.sandgate.proxy.replicate.Digest;
import io.sandgate.proxy.replicate.DigestFetch;
import io.sandgate.proxy.replicate.EncodedRoute;
import io.sandgate.proxy.replicate.PeerTransport;
import io.sandgate.proxy.replicate.RouteFetch;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The peer API of one node, over the network.
final class Fetch implements PeerTransport, RouteFetch, DigestFetch {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final Node self;
    private final Network network;

    Fetch(Node self, Network network) {
        this.self = self;
        this.network = network;
    }

    @Override
    public CompletionStage<Integer> send(Member peer, List<EncodedRoute> batch, boolean reconcile, Duration timeout) {
        List<Route> routes = batch.stream().map(EncodedRoute::route).toList();
        return network.ask(self, peer.id(), timeout, there -> {
            routes.forEach(there.table()::apply);
            if (reconcile) {
                there.missedChangesOf(self.id());
            }
            return 0;
        });
    }

    @Override
    public CompletionStage<Void> routes(Member peer, String authority, Consumer<Route> each) {
        return network.ask(self, peer.id(), TIMEOUT, there -> there.listed(authority)).thenAccept(
                routes -> routes.forEach(each));
    }

    @Override
    public CompletionStage<@Nullable Route> route(Endpoint peer, String id) {
        return network.<@Nullable Route>ask(self, peer.host(), TIMEOUT, there -> there.table().find(id));
    }

    @Override
    public CompletionStage<Map<String, RouteSummary>> summaries(Member peer) {
        return network.ask(self, peer.id(), TIMEOUT, there -> there.digests().summaries());
    }

    @Override
    public CompletionStage<Digest> digest(Member peer, String authority) {
        return network.ask(self, peer.id(), TIMEOUT, there -> {
            there.requireComplete(authority);
            return there.digests().digest(authority);
        });
    }

    @Override
    public CompletionStage<List<Listed>> listing(Member peer, String authority, Collection<Integer> buckets) {
        return network.ask(self, peer.id(), TIMEOUT, there -> {
            List<Listed> listing = new ArrayList<>();
            for (int bucket : buckets) {
                for (Route route : there.table().bucket(bucket)) {
                    if (route.authority().equals(authority)) {
                        listing.add(new Listed(route.key(), route.version(), route.authority()));
                    }
                }
            }
            return listing;
        });
    }

    @Override
    public CompletionStage<Void> routes(Member peer, Collection<RouteKey> keys, Consumer<Route> each) {
        return network.ask(self, peer.id(), TIMEOUT, there -> {
            List<Route> routes = new ArrayList<>();
            for (RouteKey key : keys) {
                Route route = there.table().get(key);
                if (route != null) {
                    routes.add(route);
                }
            }
            return routes;
        }).thenAccept(routes -> routes.forEach(each));
    }
}
