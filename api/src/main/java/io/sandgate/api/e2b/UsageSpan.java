package io.sandgate.api.e2b;

/// The seconds since 1970 whose measurements are asked for, both ends among them.
record UsageSpan(long start, long end) {

    static UsageSpan parse(QueryString query) {
        long start = query.number("start", 0, Long.MAX_VALUE, 0);
        long end = query.number("end", 0, Long.MAX_VALUE, Long.MAX_VALUE);
        if (start > end) {
            throw ApiException.invalid("start: " + start + " (expected: no later than end, which is " + end + ")");
        }
        return new UsageSpan(start, end);
    }
}
