package io.sandgate.proxy.route;

import io.sandgate.proxy.route.RouteResult.Reason;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The routes that a replica knows, at their newest versions.
///
/// Lookups and iteration take no lock and may run on any thread. Changes are serialised by one lock, which is held for
/// map operations and listeners only.
public final class RouteTable {

    /*
     * Implementation notes.
     *
     * The semantics are those of the route store of OpenKruise Agents, with the
     * authority of a replica's route added.
     *
     * `records` holds the newest version of each key, `active` the record that an id leads to. They differ only after a
     * takeover: the displaced record stays in `records`, where its version still refuses what is older, and comes back
     * to `active` with its next newer version. Readers see the two maps change one after the other. The order of the
     * writes makes the moment between them harmless: an id leads to its former record or to its new one, and to nothing
     * only when the record was really removed or took another id.
     *
     * A fence outlives its record for a fixed time from when it was first set. Fences are therefore in the order of
     * their deadlines when they are kept in the order of insertion, and both expiry and eviction take the eldest.
     *
     * One writer per entry: a change by another authority than the record's is taken only in a larger epoch. Without
     * this, a replica that missed a takeover would overwrite the new authority by counting on. Two that took the same
     * epoch without knowing of each other have no order by their counters: there the larger id is the authority, so that
     * every replica keeps the same one. That makes (epoch, authority, counter) one order of all changes of a key by
     * replicas, for records and for fences: in whatever order they arrive, the largest stays.
     */

    /// A jump of more epochs is refused, so that one poisoned message cannot block a route for good.
    static final long MAX_EPOCH_JUMP = 1_000;

    private static final Duration CLEANUP_INTERVAL = Duration.ofMinutes(1);

    /// Bounds of a table.
    ///
    /// @param maxRoutes how many records it holds at most
    /// @param maxFences how many fences it holds at most; the eldest goes first
    /// @param fenceLife how long a fence lives from when it was first set
    public record Limits(int maxRoutes, int maxFences, Duration fenceLife) {
        /// Two million routes, a million fences, ten minutes.
        public static final Limits DEFAULT = new Limits(2_000_000, 1_000_000, Duration.ofMinutes(10));
    }

    private final Limits limits;
    private final AddressRanges allowed;
    private final LongSupplier nanoTime;
    private final ReentrantLock writes = new ReentrantLock();
    private final RouteHash hash;
    private final Records records;
    private final Map<String, Route> active = new ConcurrentHashMap<>();
    /// Guarded by `writes`.
    private final LinkedHashMap<RouteKey, Fence> fences = new LinkedHashMap<>();
    private final List<RouteListener> listeners = new CopyOnWriteArrayList<>();
    private long cleanedAt;
    private volatile int fenceCount;

    /// @param allowed where routes may point to
    /// @param nanoTime monotonic nanoseconds
    public RouteTable(Limits limits, AddressRanges allowed, LongSupplier nanoTime) {
        this(limits, allowed, nanoTime, RouteHash.OPEN);
    }

    /// @param allowed where routes may point to
    /// @param nanoTime monotonic nanoseconds
    /// @param hash what divides the table into buckets
    public RouteTable(Limits limits, AddressRanges allowed, LongSupplier nanoTime, RouteHash hash) {
        this.hash = hash;
        this.records = new Records(hash);
        this.limits = limits;
        this.allowed = allowed;
        this.nanoTime = nanoTime;
        this.cleanedAt = nanoTime.getAsLong();
    }

    /// The route that an id leads to, or null. Takes no lock.
    public @Nullable Route find(String id) {
        return active.get(id);
    }

    /// The record of a key, whether an id leads to it or not, or null. Takes no lock.
    public @Nullable Route get(RouteKey key) {
        return records.get(key);
    }

    /// All records, weakly consistent: what changes during the iteration may be seen or not.
    public Iterable<Route> routes() {
        return records::iterator;
    }

    /// The records of one bucket, as weakly consistent as all.
    public Iterable<Route> bucket(int number) {
        return records.bucket(number);
    }

    /// What divides the table into buckets.
    public RouteHash hash() {
        return hash;
    }

    /// Runs something that no change of the table comes between; holds up every change meanwhile.
    public void undisturbed(Runnable look) {
        writes.lock();
        try {
            look.run();
        } finally {
            writes.unlock();
        }
    }

    /// The number of records.
    public int size() {
        return records.size();
    }

    /// The number of fences.
    public int fenceCount() {
        return fenceCount;
    }

    /// Calls the listener with each later change.
    public void onChange(RouteListener listener) {
        listeners.add(listener);
    }

    /// Applies what a peer or a feed says of a route: a deletion when its state is `dead`, otherwise an upsert.
    public RouteResult apply(Route route) {
        return route.isDead() ? delete(route.key(), route.version(), route.authority()) : upsert(route);
    }

    /// Sets a route, if it is newer than what the table knows of its key.
    public RouteResult upsert(Route route) {
        if (route.namespace().isEmpty() || route.name().isEmpty() || route.id().isEmpty() || route.uid().isEmpty()) {
            return RouteResult.invalid(Reason.MISSING_FIELD);
        }
        if (!route.ip().isEmpty() && !allowed.contains(route.ip())) {
            return RouteResult.invalid(Reason.ADDRESS_NOT_ALLOWED);
        }
        RouteKey key = route.key();
        writes.lock();
        try {
            cleanUp();
            Route record = records.get(key);
            RouteResult refusal = refusal(key, record, route.version(), route.authority(), false);
            if (refusal != null) {
                return refusal;
            }
            if (record == null && records.size() >= limits.maxRoutes()) {
                return RouteResult.ignored(Reason.TABLE_FULL);
            }
            return store(key, record, route);
        } finally {
            writes.unlock();
        }
    }

    private RouteResult store(RouteKey key, @Nullable Route record, Route route) {
        dropFence(key);
        records.put(key, route);
        Route former = active.put(route.id(), route);
        Route displaced = former != null && !former.key().equals(key) ? former : null;
        if (record != null && !record.id().equals(route.id())) {
            active.remove(record.id(), record);
        }
        tell(new RouteChange(record, route, displaced, route.authority()));
        return RouteResult.applied(displaced == null ? Reason.NEWER : Reason.ID_TAKEOVER);
    }

    /// Deletes the record of a key and fences its version.
    ///
    /// @param version what the deletion is to outrank; null deletes the present record at its own version
    /// @param authority who deletes; empty for an external feed
    public RouteResult delete(RouteKey key, @Nullable RouteVersion version, String authority) {
        if (key.namespace().isEmpty() || key.name().isEmpty()) {
            return RouteResult.invalid(Reason.MISSING_FIELD);
        }
        writes.lock();
        try {
            cleanUp();
            Route record = records.get(key);
            if (version == null) {
                if (record == null) {
                    return RouteResult.ignored(Reason.NOTHING_TO_DELETE);
                }
                return remove(key, record, record.version(), record.authority());
            }
            RouteResult refusal = refusal(key, record, version, authority, true);
            return refusal != null ? refusal : remove(key, record, version, authority);
        } finally {
            writes.unlock();
        }
    }

    /// Deletes a record only if it is still exactly `expected`: what a comparison found to be gone.
    public RouteResult deleteIfUnchanged(Route expected) {
        return deleteIfUnchanged(expected, expected.version(), expected.authority());
    }

    /// Deletes a record only if it is still exactly `expected`, and fences it above all that its authority may have said.
    ///
    /// @param sweeper the replica that does so, in the next epoch
    /// @return the deletion, to be told to the peers; null when the record has changed since, or has no larger epoch
    public @Nullable Route takeAndDelete(Route expected, String sweeper) {
        if (expected.version().epoch() >= RouteVersion.MAX_EPOCH) {
            return null;
        }
        RouteVersion next = expected.version().nextEpoch();
        return deleteIfUnchanged(expected, next, sweeper).isApplied() ? expected.dead(next, sweeper) : null;
    }

    private RouteResult deleteIfUnchanged(Route expected, RouteVersion version, String authority) {
        RouteKey key = expected.key();
        writes.lock();
        try {
            cleanUp();
            Route record = records.get(key);
            if (record == null || !record.equals(expected)) {
                return RouteResult.ignored(Reason.NOTHING_TO_DELETE);
            }
            return remove(key, record, version, authority);
        } finally {
            writes.unlock();
        }
    }

    /// What this table holds against older changes of a key: its record, the deletion that its fence stands for, or null.
    public @Nullable Route newest(RouteKey key) {
        writes.lock();
        try {
            Route record = records.get(key);
            Fence fence = fences.get(key);
            if (record != null || fence == null) {
                return record;
            }
            return new Route(key.namespace(), key.name(), "", "", "", "", RouteStates.DEAD, fence.version(),
                    fence.authority(), TrafficRules.OPEN, null);
        } finally {
            writes.unlock();
        }
    }

    private RouteResult remove(RouteKey key, @Nullable Route record, RouteVersion version, String authority) {
        fence(key, version, authority);
        if (record == null) {
            return RouteResult.applied(Reason.FENCED);
        }
        records.remove(key);
        active.remove(record.id(), record);
        tell(new RouteChange(record, null, null, authority));
        return RouteResult.applied(Reason.DELETED);
    }

    /// The version that an authority gives to its next change of a key: it goes on from what the table holds.
    ///
    /// @throws ArithmeticException when the key is held by a feed whose versions leave no larger epoch
    public RouteVersion nextVersion(RouteKey key, String authority) {
        writes.lock();
        try {
            Route record = records.get(key);
            Fence fence = fences.get(key);
            if (record != null) {
                return following(record.version(), record.authority(), authority);
            }
            if (fence != null) {
                return following(fence.version(), fence.authority(), authority);
            }
            return RouteVersion.of(0, 1);
        } finally {
            writes.unlock();
        }
    }

    private static RouteVersion following(RouteVersion version, String holder, String authority) {
        return holder.equals(authority) ? version.next() : version.nextEpoch();
    }

    /// Why a change may not be applied, or null if it may. `equalPasses`: a deletion applies at the record's own version.
    private @Nullable RouteResult refusal(RouteKey key, @Nullable Route record, RouteVersion version, String authority,
            boolean equalPasses) {
        Fence fence = fences.get(key);
        long epoch = 0;
        if (record != null) {
            epoch = record.version().epoch();
            RouteResult outranked = outranked(version, authority, record.version(), record.authority(), equalPasses);
            if (outranked != null) {
                return outranked;
            }
            if (authority.isEmpty() != record.authority().isEmpty()) {
                return RouteResult.ignored(Reason.FOREIGN_AUTHORITY);
            }
        } else if (fence != null) {
            epoch = fence.version().epoch();
            RouteResult outranked = outranked(version, authority, fence.version(), fence.authority(), equalPasses);
            if (outranked != null) {
                return outranked;
            }
        }
        if (!authority.isEmpty() && version.epoch() > Math.min(epoch, RouteVersion.MAX_EPOCH) + MAX_EPOCH_JUMP) {
            return RouteResult.invalid(Reason.EPOCH_JUMP);
        }
        return null;
    }

    private static @Nullable RouteResult outranked(RouteVersion version, String authority, RouteVersion held,
            String holder, boolean equalPasses) {
        if (areRivals(version, authority, held, holder)) {
            return authority.compareTo(holder) < 0 ? RouteResult.ignored(Reason.FOREIGN_AUTHORITY) : null;
        }
        int order = version.compareTo(held);
        return order < 0 || (order == 0 && !equalPasses)
                ? RouteResult.ignored(Reason.STALE_RESOURCE_VERSION)
                : null;
    }

    /// Whether two replicas took the same epoch of a key without knowing of each other.
    private static boolean areRivals(RouteVersion version, String authority, RouteVersion held, String holder) {
        return !authority.isEmpty() && !holder.isEmpty() && !authority.equals(holder)
                && version.epoch() == held.epoch();
    }

    private void fence(RouteKey key, RouteVersion version, String authority) {
        Fence fence = fences.get(key);
        if (fence != null) {
            fences.put(key, fence.at(version, authority));
            return;
        }
        if (fences.size() >= limits.maxFences()) {
            fences.pollFirstEntry();
        }
        fences.put(key, new Fence(version, authority, nanoTime.getAsLong() + limits.fenceLife().toNanos()));
        fenceCount = fences.size();
    }

    private void dropFence(RouteKey key) {
        if (fences.remove(key) != null) {
            fenceCount = fences.size();
        }
    }

    private void cleanUp() {
        long now = nanoTime.getAsLong();
        if (now - cleanedAt < CLEANUP_INTERVAL.toNanos()) {
            return;
        }
        cleanedAt = now;
        for (Iterator<Fence> eldest = fences.values().iterator(); eldest.hasNext();) {
            if (eldest.next().deadline() - now >= 0) {
                break;
            }
            eldest.remove();
        }
        fenceCount = fences.size();
    }

    private void tell(RouteChange change) {
        for (RouteListener listener : listeners) {
            listener.changed(change);
        }
    }
}
