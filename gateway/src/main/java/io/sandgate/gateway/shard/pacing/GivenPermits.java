package io.sandgate.gateway.shard.pacing;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The permits that were given lately, and what was heard of another leader's, so that each report counts once.
///
/// Both are bounded, the oldest go first: an own permit that is forgotten counts as used, and reports of it as heard.
final class GivenPermits {
    private static final int REMEMBERED = 8192;

    /// Remembers so many things, the last ones.
    private static final class Lately<K, V> extends LinkedHashMap<K, V> {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > REMEMBERED;
        }
    }

    private final Map<Long, GivenPermit> given = new Lately<>();
    private final Map<PermitReport, Boolean> foreign = new Lately<>();
    private final long first;
    private long next;

    GivenPermits(long first) {
        this.first = first;
        next = first;
    }

    /// A new permit for a place.
    GivenPermit give(Waiter waiter, long deadline) {
        Permit permit = new Permit(next++, waiter.shard(), waiter.attempt());
        GivenPermit added = new GivenPermit(permit, waiter, deadline);
        given.put(permit.id(), added);
        return added;
    }

    /// The permit that a report is on; null when it is another leader's or forgotten.
    @Nullable
    GivenPermit find(PermitReport report) {
        GivenPermit found = given.get(report.permit());
        return found != null && found.permit().shard().equals(report.shard()) ? found : null;
    }

    /// Whether a report on a permit of another leader's is heard for the first time.
    boolean isForeignNews(PermitReport report) {
        boolean forgotten = report.permit() - first >= 0 && report.permit() - next < 0
                && !given.containsKey(report.permit());
        return !forgotten && foreign.putIfAbsent(report, true) == null;
    }
}
