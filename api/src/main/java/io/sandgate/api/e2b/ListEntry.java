package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Comparator;

/// One thing in a list: what it is ordered by, and what the client sees of it.
///
/// @param startedAt when it began to be; orders first
/// @param id orders among those of the same time
/// @param json the thing as the client sees it
record ListEntry(Instant startedAt, String id, JsonNode json) {

    /// Newest or oldest first; by id within one moment, so that pages stay stable.
    static Comparator<ListEntry> order(boolean ascending) {
        Comparator<ListEntry> byTime = Comparator.comparing(ListEntry::startedAt);
        return (ascending ? byTime : byTime.reversed()).thenComparing(ListEntry::id);
    }

    /// Whether it belongs behind a page's end.
    boolean isAfter(PageToken token) {
        int byTime = startedAt.compareTo(token.startedAt());
        if (byTime == 0) {
            return id.compareTo(token.id()) > 0;
        }
        return token.ascending() == (byTime > 0);
    }
}
