package io.sandgate.api.e2b;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which part of a list a page is.
///
/// @param limit how many entries at most
/// @param ascending oldest first
/// @param after where the page begins; null for the first
record ListRange(int limit, boolean ascending, @Nullable PageToken after) {

    static final int MAX_LIMIT = 100;

    /// The newest so many.
    static ListRange newest(int limit) {
        return new ListRange(limit, false, null);
    }

    static ListRange parse(QueryString query) {
        String token = query.first("nextToken");
        PageToken after = token == null ? null : PageToken.decode(token);
        return new ListRange((int) query.number("limit", 1, MAX_LIMIT, MAX_LIMIT), ascending(query, after), after);
    }

    /// The entries that belong to the page, ordered, and one more if there are more.
    List<ListEntry> cut(List<ListEntry> entries) {
        return entries.stream().filter(entry -> after == null || entry.isAfter(after))
                .sorted(ListEntry.order(ascending)).limit(limit + 1L).toList();
    }

    private static boolean ascending(QueryString query, @Nullable PageToken after) {
        String order = query.first("order");
        if (order == null) {
            return after != null && after.ascending();
        }
        if (!order.equals("asc") && !order.equals("desc")) {
            throw ApiException.invalid("order: " + order + " (expected: asc or desc)");
        }
        boolean ascending = order.equals("asc");
        if (after != null && after.ascending() != ascending) {
            throw ApiException.invalid("order: " + order + " (expected: the order that nextToken was given out for)");
        }
        return ascending;
    }
}
