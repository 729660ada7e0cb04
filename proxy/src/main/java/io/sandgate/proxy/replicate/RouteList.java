package io.sandgate.proxy.replicate;

import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteKey;
import io.sandgate.proxy.route.RouteResult;
import io.sandgate.proxy.route.RouteResult.Outcome;
import io.sandgate.proxy.route.RouteResult.Reason;
import io.sandgate.proxy.route.RouteTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A list of an authority's routes while it is read: what is listed is taken. The authority's own list is the truth: what it
/// does not list is gone. Another one's list may lack what that one has not heard of.
///
/// Used by one thread at a time.
final class RouteList {

    /*
     * Implementation note. What is here before the list is asked for and not on it was deleted by the authority, provided
     * that it is still what it was before: what arrived by push meanwhile may be younger than the list. The deletion
     * compares the record, under the table's lock.
     */

    /// What reading a list came to.
    ///
    /// @param taken routes that were new or newer
    /// @param deleted routes that it does not list
    /// @param refused routes on it that the table did not take
    /// @param outranking what the table holds against routes of the list and its owner cannot know: another authority's
    ///        word, and against a copy also the authority's own later deletion
    record Outcomes(int taken, int deleted, int refused, List<Route> outranking) {
        static final Outcomes NOTHING = new Outcomes(0, 0, 0, List.of());
    }

    private final RouteTable table;
    private final String authority;
    private final boolean isTruth;
    private final Map<RouteKey, Route> unlisted = new HashMap<>();
    private final List<Route> outranking = new ArrayList<>();
    private int taken;
    private int refused;

    /// Begins to read a list; to be made before it is asked for.
    ///
    /// @param isTruth whether it is the authority's own
    /// @param scope the records that it would list, if it has them
    RouteList(RouteTable table, String authority, boolean isTruth, Iterable<Route> scope) {
        this.table = table;
        this.isTruth = isTruth;
        this.authority = authority;
        for (Route route : scope) {
            if (route.authority().equals(authority)) {
                unlisted.put(route.key(), route);
            }
        }
    }

    /// Notes that a key is on the list.
    void listed(RouteKey key) {
        unlisted.remove(key);
    }

    /// Takes a route of the list; one of another authority is none of it.
    void take(Route route) {
        if (!route.authority().equals(authority)) {
            refused++;
            return;
        }
        listed(route.key());
        RouteResult result = table.apply(route);
        if (result.isApplied()) {
            taken++;
        } else if (result.outcome() == Outcome.INVALID || result.reason() == Reason.TABLE_FULL) {
            refused++;
        } else {
            Route held = table.newest(route.key());
            if (held != null && (!held.authority().equals(authority) || (!isTruth && held.isDead()))) {
                refused++;
                outranking.add(held);
            }
        }
    }

    /// Ends a list that was read completely.
    Outcomes end() {
        int deleted = 0;
        if (isTruth) {
            for (Route route : unlisted.values()) {
                if (table.deleteIfUnchanged(route).isApplied()) {
                    deleted++;
                }
            }
        }
        return new Outcomes(taken, deleted, refused, List.copyOf(outranking));
    }
}
