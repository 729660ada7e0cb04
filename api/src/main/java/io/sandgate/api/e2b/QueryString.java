package io.sandgate.api.e2b;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The parameters of a query, decoded once.
final class QueryString {
    private final Map<String, List<String>> parameters;

    private QueryString(Map<String, List<String>> parameters) {
        this.parameters = parameters;
    }

    /// Reads a query without its question mark.
    static QueryString parse(String query) {
        Map<String, List<String>> parameters = new LinkedHashMap<>();
        for (String part : query.split("&", -1)) {
            if (part.isEmpty()) {
                continue;
            }
            int equals = part.indexOf('=');
            String name = decode(equals < 0 ? part : part.substring(0, equals), "query");
            String value = equals < 0 ? "" : decode(part.substring(equals + 1), name);
            parameters.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
        }
        return new QueryString(parameters);
    }

    /// Undoes one percent encoding.
    ///
    /// @param name what to call the text in an error
    static String decode(String text, String name) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw ApiException.invalid(name + ": " + text + " (expected: percent-encoded UTF-8)");
        }
    }

    /// The first value, or null where the parameter is absent or empty.
    @Nullable
    String first(String name) {
        List<String> values = all(name);
        return values.isEmpty() || values.getFirst().isEmpty() ? null : values.getFirst();
    }

    /// All values, in their order.
    List<String> all(String name) {
        return parameters.getOrDefault(name, List.of());
    }

    /// A whole number within bounds, or a default where the parameter is absent.
    long number(String name, long min, long max, long absent) {
        String text = first(name);
        if (text == null) {
            return absent;
        }
        try {
            long value = Long.parseLong(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw outside(name, text, min, max);
        }
        throw outside(name, text, min, max);
    }

    private static ApiException outside(String name, String text, long min, long max) {
        String range = max == Long.MAX_VALUE ? min + " or more" : min + " to " + max;
        return ApiException.invalid(name + ": " + text + " (expected: a whole number, " + range + ")");
    }
}
