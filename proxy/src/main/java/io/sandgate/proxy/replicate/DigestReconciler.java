package io.sandgate.proxy.replicate;

import io.sandgate.membership.Member;
import io.sandgate.proxy.replicate.DigestFetch.Listed;
import io.sandgate.proxy.replicate.RouteList.Outcomes;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteHash;
import io.sandgate.proxy.route.RouteKey;
import io.sandgate.proxy.route.RouteTable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reconciles by comparing digests: asks for the sums, then for the listing of the buckets that differ, then for the routes
/// that are new there. Where most buckets differ it reads the whole list instead.
///
/// May be used from any thread. What the table holds against a listed route and the peer cannot know is told to it: to an
/// authority that another one took its route over, and to the keeper of a copy that the route was deleted. Neither would
/// learn of it otherwise, since deletions are not listed.
public final class DigestReconciler implements Reconciler {
    private static final Logger log = LoggerFactory.getLogger(DigestReconciler.class);
    private static final int MOST_AT_ONCE = 4;
    /// Above this a listing and the routes are more bytes than the whole list.
    private static final int MOST_BUCKETS = RouteHash.BUCKETS / 4;

    /// Takes what a peer should hear of routes that it has.
    @FunctionalInterface
    public interface TellBack {
        void tell(Member peer, List<Route> outranking);
    }

    /// The whole list of an authority that is no replica, such as what a watch of an external system begins with.
    @FunctionalInterface
    public interface Snapshot {
        /// Reads the list.
        ///
        /// @param each called for every route, on one thread
        /// @return done when the list has been read to its end; failed when it was cut short
        CompletionStage<Void> read(Consumer<Route> each);
    }

    private final RouteTable table;
    private final Digests digests;
    private final DigestFetch fetch;
    private final RouteFetch lists;
    private final TellBack tellBack;
    private final ReconcileMetrics metrics;
    private final Rounds rounds = new Rounds(MOST_AT_ONCE);

    public DigestReconciler(RouteTable table, Digests digests, DigestFetch fetch, RouteFetch lists, TellBack tellBack,
            ReconcileMetrics metrics) {
        this.table = table;
        this.digests = digests;
        this.fetch = fetch;
        this.lists = lists;
        this.tellBack = tellBack;
        this.metrics = metrics;
    }

    @Override
    public CompletionStage<Void> reconcile(Member peer) {
        return rounds.run("own " + peer.id(), () -> compare(peer, peer.id(), true));
    }

    /// Makes this replica's copy of a watched system's routes complete: what the snapshot does not list is gone. Each replica
    /// watches for itself.
    ///
    /// @param authority of the system's routes; empty for an external feed
    public CompletionStage<Void> reconcile(String authority, Snapshot snapshot) {
        return rounds.run("own " + authority, () -> {
            RouteList list = new RouteList(table, authority, true, table.routes());
            return told("snapshot", authority, true, snapshot.read(list::take).thenApply(read -> list.end()))
                    .thenApply(outcomes -> null);
        });
    }

    /// Takes what a peer has of another authority and what is newer there; deletes nothing, since the peer may just not know
    /// of it.
    public CompletionStage<Void> merge(Member peer, String authority) {
        return rounds.run("copy " + authority, () -> compare(peer, authority, false));
    }

    /// Takes what a peer has of any authority and what is newer there, this replica's own routes of an earlier life among it.
    ///
    /// @return done when everything that differed has been taken; failed when some of it was not
    public CompletionStage<Void> mergeAll(Member peer) {
        return fetch.summaries(peer).thenCompose(theirs -> {
            List<CompletableFuture<Void>> merges = new ArrayList<>();
            theirs.forEach((authority, summary) -> {
                if (!digests.summary(authority).equals(summary)) {
                    merges.add(merge(peer, authority).toCompletableFuture());
                }
            });
            return CompletableFuture.allOf(merges.toArray(CompletableFuture[]::new));
        });
    }

    private CompletionStage<Void> compare(Member peer, String authority, boolean isTruth) {
        return outcomes(peer, authority, isTruth).thenAccept(outcomes -> {
            if (!outcomes.outranking().isEmpty()) {
                tellBack.tell(peer, outcomes.outranking());
            }
        });
    }

    private CompletionStage<Outcomes> outcomes(Member peer, String authority, boolean isTruth) {
        return told(peer.id(), authority, isTruth, fetch.digest(peer, authority).thenCompose(theirs -> {
            List<Integer> differing = digests.digest(authority).differing(theirs);
            if (differing.isEmpty()) {
                return CompletableFuture.completedFuture(Outcomes.NOTHING);
            }
            return differing.size() > MOST_BUCKETS
                    ? readAll(peer, authority, isTruth)
                    : readBuckets(peer, authority, isTruth, differing);
        }));
    }

    private CompletionStage<Outcomes> told(String from, String authority, boolean isTruth,
            CompletionStage<Outcomes> round) {
        return round.whenComplete((outcomes, error) -> {
            metrics.round(isTruth, outcomes, error);
            if (outcomes != null && !outcomes.equals(Outcomes.NOTHING)) {
                log.info("reconcile.done peer={} authority={} taken={} deleted={} refused={}", from, authority,
                        outcomes.taken(), outcomes.deleted(), outcomes.refused());
            }
        });
    }

    private CompletionStage<Outcomes> readAll(Member peer, String authority, boolean isTruth) {
        RouteList list = new RouteList(table, authority, isTruth, table.routes());
        return lists.routes(peer, authority, list::take).thenApply(read -> list.end());
    }

    private CompletionStage<Outcomes> readBuckets(Member peer, String authority, boolean isTruth,
            List<Integer> buckets) {
        List<Route> scope = new ArrayList<>();
        buckets.forEach(bucket -> table.bucket(bucket).forEach(scope::add));
        RouteList list = new RouteList(table, authority, isTruth, scope);
        Set<Integer> asked = new HashSet<>(buckets);
        return fetch.listing(peer, authority, buckets).thenCompose(listing -> {
            List<RouteKey> wanted = new ArrayList<>();
            for (Listed listed : listing) {
                if (!listed.authority().equals(authority) || !asked.contains(table.hash().bucket(listed.key()))) {
                    throw new IllegalStateException("peer " + peer.id() + " listed " + listed.key()
                            + ", which it was not asked for");
                }
                list.listed(listed.key());
                Route mine = table.get(listed.key());
                if (mine == null || !mine.authority().equals(authority)
                        || mine.version().compareTo(listed.version()) < 0) {
                    wanted.add(listed.key());
                }
            }
            CompletionStage<Void> read = wanted.isEmpty()
                    ? CompletableFuture.completedFuture(null)
                    : fetch.routes(peer, wanted, list::take);
            return read.thenApply(done -> list.end());
        });
    }
}
