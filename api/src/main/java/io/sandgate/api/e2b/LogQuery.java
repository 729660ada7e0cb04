package io.sandgate.api.e2b;

import io.sandgate.sandbox.SandboxManager.LogLine;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Which log lines are to be shown, and in which of E2B's two forms.
///
/// @param structured the form of the second generation
/// @param cursor milliseconds: what a line must not be before or, backwards, after; null for no bound
/// @param limit how many lines at most
/// @param backward newest first
/// @param least the lowest level to show
/// @param search what a line must contain; empty for anything
record LogQuery(boolean structured, @Nullable Long cursor, int limit, boolean backward, Level least, String search) {

    private static final int MAX_LIMIT = 1_000;
    private static final int MAX_SEARCH = 256;

    /// The levels of log lines. Only the stream tells them apart: a process has no other levels.
    enum Level {
        DEBUG, INFO, WARN, ERROR;

        static Level of(LogLine line) {
            return line.stream().equals("stderr") ? ERROR : INFO;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static LogQuery parseV1(QueryString query) {
        return new LogQuery(false, cursor(query, "start"), limit(query), false, Level.DEBUG, "");
    }

    static LogQuery parseV2(QueryString query) {
        String search = query.first("search");
        if (search != null && search.length() > MAX_SEARCH) {
            throw ApiException.invalid(
                    "search: " + search.length() + " characters (expected: " + MAX_SEARCH + " or fewer)");
        }
        return new LogQuery(true, cursor(query, "cursor"), limit(query), backward(query.first("direction")),
                level(query.first("level")), search == null ? "" : search);
    }

    /// The lines that the query asks for, in its order.
    List<LogLine> select(List<LogLine> lines) {
        Comparator<LogLine> byTime = Comparator.comparing(LogLine::time);
        List<LogLine> ordered = backward ? lines.reversed() : lines;
        return ordered.stream().filter(this::matches).sorted(backward ? byTime.reversed() : byTime).limit(limit)
                .toList();
    }

    private boolean matches(LogLine line) {
        if (cursor != null) {
            int order = Long.compare(line.time().toEpochMilli(), cursor);
            if (backward ? order > 0 : order < 0) {
                return false;
            }
        }
        return Level.of(line).compareTo(least) >= 0 && line.text().contains(search);
    }

    private static @Nullable Long cursor(QueryString query, String name) {
        long value = query.number(name, 0, Long.MAX_VALUE, -1);
        return value < 0 ? null : Long.valueOf(value);
    }

    private static int limit(QueryString query) {
        return (int) query.number("limit", 0, MAX_LIMIT, MAX_LIMIT);
    }

    private static boolean backward(@Nullable String direction) {
        if (direction == null || direction.equals("forward")) {
            return false;
        }
        if (!direction.equals("backward")) {
            throw ApiException.invalid("direction: " + direction + " (expected: forward or backward)");
        }
        return true;
    }

    private static Level level(@Nullable String word) {
        if (word == null) {
            return Level.DEBUG;
        }
        for (Level level : Level.values()) {
            if (level.word().equals(word)) {
                return level;
            }
        }
        throw ApiException.invalid("level: " + word + " (expected: debug, info, warn or error)");
    }
}
