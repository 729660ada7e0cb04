package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.buffer.Buffer;
import java.util.LinkedHashMap;
import java.util.Map;

/// The answer to one call.
///
/// @param status the HTTP status
/// @param headers beside those that every answer has
/// @param body empty for none
/// @param last whether the connection is closed after it, since what the client is still sending is not wanted
record Reply(int status, Map<String, String> headers, Buffer body, boolean last) {
    private static final String CONTENT_TYPE = "Content-Type";

    static Reply json(int status, JsonNode body) {
        return new Reply(status, Map.of(CONTENT_TYPE, "application/json"), Json.write(body), false);
    }

    static Reply noContent() {
        return new Reply(204, Map.of(), Buffer.buffer(), false);
    }

    /// This reply with one more header.
    Reply with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Reply(status, more, body, last);
    }

    /// This reply as the last one on its connection.
    Reply andClose() {
        return new Reply(status, headers, body, true);
    }
}
