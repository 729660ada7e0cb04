package io.sandgate.api.e2b;

import java.util.LinkedHashMap;
import java.util.Map;

/// The metadata that the sandboxes of a list must have.
///
/// The SDKs encode each key and value, then the whole as a form, then that as a query parameter. What arrives here had
/// the outermost encoding undone already.
///
/// @param required each key with its value
record MetadataFilter(Map<String, String> required) {
    static final MetadataFilter NONE = new MetadataFilter(Map.of());

    /// Reads the parameter after the query itself was decoded.
    static MetadataFilter parse(String parameter) {
        Map<String, String> required = new LinkedHashMap<>();
        for (String pair : QueryString.decode(parameter, "metadata").split("&", -1)) {
            String[] sides = pair.split("=", -1);
            if (sides.length != 2) {
                throw ApiException.invalid("metadata: " + parameter
                        + " (expected: key=value pairs joined by &, each key and value percent-encoded)");
            }
            required.put(QueryString.decode(sides[0], "metadata"), QueryString.decode(sides[1], "metadata"));
        }
        return new MetadataFilter(required);
    }

    boolean matches(Map<String, String> metadata) {
        return metadata.entrySet().containsAll(required.entrySet());
    }
}
