package io.sandgate.api.envd.files;

import io.vertx.core.MultiMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// What a request asks to be kept with a file: its fields `X-Metadata-*`.
final class Metadata {

    private static final String PREFIX = "x-metadata-";

    private Metadata() {}

    /// By names in lower case, since the case of field names means nothing; of a repeated one the first counts.
    static Map<String, String> of(MultiMap headers) {
        Map<String, String> metadata = new HashMap<>();
        headers.forEach((field, value) -> {
            String name = field.toLowerCase(Locale.ROOT);
            if (name.startsWith(PREFIX) && name.length() > PREFIX.length()) {
                metadata.putIfAbsent(name.substring(PREFIX.length()), value);
            }
        });
        return metadata;
    }
}
