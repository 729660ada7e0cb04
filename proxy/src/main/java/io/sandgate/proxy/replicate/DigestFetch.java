package io.sandgate.proxy.replicate;

import io.sandgate.membership.Member;
import io.sandgate.membership.RouteSummary;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteKey;
import io.sandgate.proxy.route.RouteVersion;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/// Asks a peer what it has, ever more closely. Every stage fails when the peer's answer is none or breaks off, and when
/// another replica answers where the peer was.
public interface DigestFetch {

    /// One route of a listing.
    ///
    /// @param version of the route
    /// @param authority of the route
    record Listed(RouteKey key, RouteVersion version, String authority) {}

    /// The summaries of all authorities that the peer knows routes of.
    CompletionStage<Map<String, RouteSummary>> summaries(Member peer);

    /// The peer's digest of an authority's routes.
    CompletionStage<Digest> digest(Member peer, String authority);

    /// What the peer has of an authority in some buckets.
    CompletionStage<List<Listed>> listing(Member peer, String authority, Collection<Integer> buckets);

    /// The routes with these keys, as far as the peer has them.
    ///
    /// @return done when the last one was given to the consumer
    CompletionStage<Void> routes(Member peer, Collection<RouteKey> keys, Consumer<Route> each);
}
