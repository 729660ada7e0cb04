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
/// @param range which of them
record ListQuery(Set<ListedState> states, MetadataFilter metadata, @Nullable String template,
        @Nullable Instant startedAfter, ListRange range) {

    /// What the deprecated list, which has no limit of its own, shows at most.
    static final int DEPRECATED_LIMIT = 1_000;

    /// Reads the query of `GET /v2/sandboxes`.
    static ListQuery parse(String text) {
        QueryString query = QueryString.parse(text);
        return new ListQuery(states(query), metadata(query), template(query), startedAfter(query),
                ListRange.parse(query));
    }

    /// Reads the query of the deprecated `GET /sandboxes`, which shows running sandboxes only.
    static ListQuery parseDeprecated(String text) {
        return new ListQuery(EnumSet.of(ListedState.RUNNING), metadata(QueryString.parse(text)), null, null,
                ListRange.newest(DEPRECATED_LIMIT));
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
}
