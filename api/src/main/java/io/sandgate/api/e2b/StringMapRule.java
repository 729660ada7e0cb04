package io.sandgate.api.e2b;

import java.util.Map;
import java.util.regex.Pattern;

/// What the keys and values of a map in a create may be.
///
/// @param name of the map
/// @param key what each key must match
/// @param keyWords the same in words
/// @param maxEntries how many entries
/// @param maxValue characters in a value
record StringMapRule(String name, Pattern key, String keyWords, int maxEntries, int maxValue) {

    static final StringMapRule METADATA = new StringMapRule("metadata", Pattern.compile("[^\\x00]{1,256}"),
            "1 to 256 characters", 128, 4_096);

    static final StringMapRule ENVIRONMENT = new StringMapRule("envVars",
            Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,255}"),
            "letters, digits and underscores, no digit first, 256 at most", 1_024, 65_536);

    Map<String, String> check(Map<String, String> map) {
        if (map.size() > maxEntries) {
            throw ApiException
                    .invalid(name + ": " + map.size() + " entries (expected: " + maxEntries + " or fewer)");
        }
        map.forEach((k, value) -> {
            if (!key.matcher(k).matches()) {
                throw ApiException.invalid(name + ": key " + shown(k) + " (expected: " + keyWords + ")");
            }
            if (value.length() > maxValue) {
                throw ApiException.invalid(name + "." + shown(k) + ": " + value.length() + " characters (expected: "
                        + maxValue + " or fewer)");
            }
            if (value.indexOf('\0') >= 0) {
                throw ApiException.invalid(name + "." + shown(k) + ": a zero character (expected: none)");
            }
        });
        return map;
    }

    private static String shown(String key) {
        return "\"" + (key.length() <= 64 ? key : key.substring(0, 64) + "…") + "\"";
    }
}
