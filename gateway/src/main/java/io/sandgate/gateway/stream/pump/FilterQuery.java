package io.sandgate.gateway.stream.pump;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Reads a [Filter] from the parameters of a query.
public final class FilterQuery {
    /// The parameters that make up a filter.
    public static final Set<String> PARAMETERS = Set.of("kind", "sandbox", "owner", "metadata");

    private static final int MAX_VALUES = 64;
    private static final int MAX_LENGTH = 256;
    private static final Pattern KIND = Pattern.compile("[a-z][a-z0-9_-]*(\\.[a-z][a-z0-9_-]*)?");
    private static final Pattern NAME = Pattern.compile("[^\\s,\\p{Cntrl}]+");

    private FilterQuery() {}

    /// Reads the filter.
    ///
    /// @param parameter the decoded value of a parameter, when it is given
    /// @throws IllegalArgumentException when a value is not allowed; its message says what is
    public static Filter parse(Function<String, Optional<String>> parameter) {
        return new Filter(
                list(parameter, "kind", KIND,
                        "an area or a kind, for example sandbox or sandbox.created"),
                list(parameter, "sandbox", NAME, "ids of sandboxes"),
                list(parameter, "owner", NAME, "names of teams"), metadata(parameter.apply("metadata")));
    }

    private static Set<String> list(Function<String, Optional<String>> parameter, String name, Pattern form,
            String expected) {
        Optional<String> given = parameter.apply(name);
        if (given.isEmpty()) {
            return Set.of();
        }
        Set<String> values = new LinkedHashSet<>();
        String[] all = given.get().split(",", -1);
        checkCount(name, all.length);
        for (String value : all) {
            checkLength(name, value);
            if (!form.matcher(value).matches()) {
                throw new IllegalArgumentException(name + ": " + (value.isEmpty() ? "an empty value" : value)
                        + " (expected: " + expected + ", parted by commas)");
            }
            values.add(value);
        }
        return values;
    }

    /// The SDKs encode each key and value, then the whole as a query parameter; the outer encoding is undone already.
    private static Map<String, String> metadata(Optional<String> given) {
        if (given.isEmpty()) {
            return Map.of();
        }
        Map<String, String> required = new LinkedHashMap<>();
        String[] pairs = given.get().split("&", -1);
        checkCount("metadata", pairs.length);
        for (String pair : pairs) {
            String[] sides = pair.split("=", -1);
            if (sides.length != 2 || sides[0].isEmpty()) {
                throw new IllegalArgumentException(
                        "metadata: not key=value pairs joined by & (expected: key=value&other=value, percent-encoded)");
            }
            required.put(decode(sides[0]), decode(sides[1]));
        }
        return required;
    }

    private static String decode(String side) {
        String decoded;
        try {
            decoded = URLDecoder.decode(side, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("metadata: cannot be decoded (expected: percent-encoded UTF-8)", e);
        }
        checkLength("metadata", decoded);
        return decoded;
    }

    private static void checkLength(String name, String value) {
        if (value.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    name + ": a value of " + value.length() + " characters (expected: at most "
                            + MAX_LENGTH + ")");
        }
    }

    private static void checkCount(String name, int count) {
        if (count > MAX_VALUES) {
            throw new IllegalArgumentException(name + ": " + count + " values (expected: at most " + MAX_VALUES + ")");
        }
    }
}
