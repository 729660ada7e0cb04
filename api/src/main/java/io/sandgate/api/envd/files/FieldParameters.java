package io.sandgate.api.envd.files;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A header field's value with its parameters, such as `form-data; name="file"; filename="/a"`.
///
/// @param value in lower case
/// @param parameters their names in lower case
record FieldParameters(String value, Map<String, String> parameters) {

    /// Within quotes a backslash stands for itself, as in file names of Windows, unless one of these follows.
    private static final String ESCAPABLE = "()<>@,;:\\\"/[]?=";

    static FieldParameters parse(String field) {
        int first = field.indexOf(';');
        if (first < 0) {
            return new FieldParameters(field.strip().toLowerCase(Locale.ROOT), Map.of());
        }
        Map<String, String> parameters = new HashMap<>();
        int at = first + 1;
        while (at < field.length()) {
            int equals = field.indexOf('=', at);
            if (equals < 0) {
                break;
            }
            StringBuilder text = new StringBuilder();
            int end = field.startsWith("\"", equals + 1)
                    ? quoted(field, equals + 2, text)
                    : token(field, equals + 1, text);
            parameters.putIfAbsent(field.substring(at, equals).strip().toLowerCase(Locale.ROOT), text.toString());
            at = end;
        }
        return new FieldParameters(field.substring(0, first).strip().toLowerCase(Locale.ROOT), parameters);
    }

    /// A parameter; one whose name ends in a star is in the form that says its character set.
    Optional<String> parameter(String name) {
        String extended = parameters.get(name + "*");
        if (extended != null && extended.regionMatches(true, 0, "utf-8'", 0, 6)) {
            try {
                String encoded = extended.substring(extended.indexOf('\'', 6) + 1);
                return Optional.of(URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }
        return Optional.ofNullable(parameters.get(name));
    }

    /// Reads up to the closing quote, and returns where the next parameter begins.
    private static int quoted(String field, int start, StringBuilder text) {
        int at = start;
        while (at < field.length() && field.charAt(at) != '"') {
            if (field.charAt(at) == '\\' && at + 1 < field.length() && ESCAPABLE.indexOf(field.charAt(at + 1)) >= 0) {
                at++;
            }
            text.append(field.charAt(at++));
        }
        int next = field.indexOf(';', at);
        return next < 0 ? field.length() : next + 1;
    }

    private static int token(String field, int start, StringBuilder text) {
        int next = field.indexOf(';', start);
        int end = next < 0 ? field.length() : next;
        text.append(field.substring(start, end).strip());
        return end + 1;
    }
}
