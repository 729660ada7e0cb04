package io.sandgate.api.e2b;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which sandboxes a list is to show.
///
/// @param states the states to show
/// @param metadata what they must carry
/// @param template what they were made from; null for any
/// @param startedAfter what they must be younger than; null for any
/// @param limit how many at most
/// @param ascending oldest first
/// @param after where the page begins; null for the first
record ListQuery(Set<ListedState> states, MetadataFilter metadata, @Nullable String template,
        @Nullable Instant startedAfter, int limit, boolean ascending, @Nullable PageToken after) {

    static final int MAX_LIMIT = 100;

    /// What the deprecated list, which has no limit of its own, shows at most.
    static final int DEPRECATED_LIMIT = 1_000;

    /// Reads the query of `GET /v2/sandboxes`.
    static ListQuery parse(String text) {
        QueryString query = QueryString.parse(text);
        String token = query.first("nextToken");
        PageToken after = token == null ? null : PageToken.decode(token);
        return new ListQuery(states(query), metadata(query), template(query), startedAfter(query),
                (int) query.number("limit", 1, MAX_LIMIT, MAX_LIMIT), ascending(query, after), after);
    }

    /// Reads the query of the deprecated `GET /sandboxes`, which shows running sandboxes only.
    static ListQuery parseDeprecated(String text) {
        return new ListQuery(EnumSet.of(ListedState.RUNNING), metadata(QueryString.parse(text)), null, null,
                DEPRECATED_LIMIT, false, null);
    }

    private static Set<ListedState> states(QueryString query) {
        EnumSet<ListedState> states = EnumSet.noneOf(ListedState.class);
        for (String list : query.all("state")) {
            for (String word : list.split(",", -1)) {
                if (!word.isEmpty()) {
                    states.add(ListedState.parse(word));
                }
            }
        }
        return states.isEmpty() ? EnumSet.allOf(ListedState.class) : states;
    }

    private static MetadataFilter metadata(QueryString query) {
        String text = query.first("metadata");
        return text == null ? MetadataFilter.NONE : MetadataFilter.parse(text);
    }

    private static @Nullable String template(QueryString query) {
        String template = query.first("template");
        if (template != null && template.indexOf(':') >= 0) {
            throw ApiException.invalid("template: " + template + " (expected: a template without a tag)");
        }
        return template;
    }

    private static @Nullable Instant startedAfter(QueryString query) {
        String text = query.first("startedAfter");
        if (text == null) {
            return null;
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            throw ApiException
                    .invalid("startedAfter: " + text + " (expected: an RFC 3339 time such as 2026-01-31T12:00:00Z)");
        }
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
