package io.sandgate.e2e.upstream;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a client asked for in the query of its WebSocket's URL.
record ConnectionQuery(String version, String encoding, String compress) {

    static ConnectionQuery of(@Nullable String query) {
        Map<String, String> values = new HashMap<>();
        for (String pair : (query == null ? "" : query).split("&", 16)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                values.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
        }
        return new ConnectionQuery(values.getOrDefault("v", ""), values.getOrDefault("encoding", "json"),
                values.getOrDefault("compress", ""));
    }
}
