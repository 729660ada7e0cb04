package io.sandgate.proxy.replicate;

import io.sandgate.membership.Member;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteKey;
import io.sandgate.proxy.route.RouteTable;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reconciles by reading a peer's whole list of its own routes, which is the truth: what it does not list is gone.
public final class FullPull implements Reconciler {

    /*
     * Implementation note. What is here before the request and not in the answer was deleted by the authority, provided
     * that it is still at the version that it had before the request: what arrived by push meanwhile may be younger than
     * the list. The deletion compares the version, under the table's lock.
     */

    private static final Logger log = LoggerFactory.getLogger(FullPull.class);

    /// A round with the peer as it was when it was last asked for.
    private record Round(Member peer, CompletableFuture<Void> done) {}

    /// A round under way, and the one to follow it if somebody asked meanwhile.
    private record Rounds(Round present, @Nullable Round next) {}

    private final RouteTable table;
    private final RouteFetch fetch;
    /// Guarded by itself.
    private final Map<String, Rounds> rounds = new HashMap<>();

    public FullPull(RouteTable table, RouteFetch fetch) {
        this.table = table;
        this.fetch = fetch;
    }

    @Override
    public CompletionStage<Void> reconcile(Member peer) {
        Round round;
        synchronized (rounds) {
            Rounds known = rounds.get(peer.id());
            if (known != null) {
                CompletableFuture<Void> done = known.next() == null ? new CompletableFuture<>() : known.next().done();
                rounds.put(peer.id(), new Rounds(known.present(), new Round(peer, done)));
                return done.minimalCompletionStage();
            }
            round = new Round(peer, new CompletableFuture<>());
            rounds.put(peer.id(), new Rounds(round, null));
        }
        run(round);
        return round.done().minimalCompletionStage();
    }

    private void run(Round round) {
        Member peer = round.peer();
        Map<RouteKey, Route> unlisted = new HashMap<>();
        for (Route route : table.routes()) {
            if (route.authority().equals(peer.id())) {
                unlisted.put(route.key(), route);
            }
        }
        Set<RouteKey> listed = new HashSet<>();
        fetch(peer, route -> {
            if (route.authority().equals(peer.id())) {
                listed.add(route.key());
                table.apply(route);
            }
        }).whenComplete((ignored, error) -> {
            if (error == null) {
                unlisted.keySet().removeAll(listed);
                unlisted.values().forEach(table::deleteIfUnchanged);
                log.info("pull.done peer={} routes={} gone={}", peer.id(), listed.size(), unlisted.size());
            }
            finish(round, error);
        });
    }

    private CompletionStage<Void> fetch(Member peer, Consumer<Route> each) {
        try {
            return fetch.routes(peer.peer(), peer.id(), each);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void finish(Round round, @Nullable Throwable error) {
        String peer = round.peer().id();
        Round next = null;
        synchronized (rounds) {
            Rounds known = rounds.remove(peer);
            if (known != null && known.next() != null) {
                next = known.next();
                rounds.put(peer, new Rounds(next, null));
            }
        }
        if (error == null) {
            round.done().complete(null);
        } else {
            round.done().completeExceptionally(error);
        }
        if (next != null) {
            run(next);
        }
    }
}
