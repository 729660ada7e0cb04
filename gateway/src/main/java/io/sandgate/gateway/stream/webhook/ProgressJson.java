package io.sandgate.gateway.stream.webhook;

import io.sandgate.gateway.stream.event.Cursor;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/// How far webhooks are, as JSON on disk.
final class ProgressJson {

    private ProgressJson() {}

    static JsonObject write(Map<String, Progress> progress) {
        JsonObject webhooks = new JsonObject();
        progress.forEach((id, each) -> {
            JsonObject object = new JsonObject().put("cursor", each.cursor().toString());
            Instant since = each.failingSince();
            if (since != null) {
                object.put("failingSince", since.toString());
            }
            webhooks.put(id, object);
        });
        return new JsonObject().put("webhooks", webhooks);
    }

    /// @throws RuntimeException when it is of another form
    static Map<String, Progress> read(JsonObject content) {
        Map<String, Progress> progress = new HashMap<>();
        JsonObject webhooks = content.getJsonObject("webhooks");
        for (String id : webhooks.fieldNames()) {
            JsonObject object = webhooks.getJsonObject(id);
            Cursor cursor = Cursor.parse(object.getString("cursor"))
                    .orElseThrow(() -> new IllegalArgumentException("cursor"));
            String since = object.getString("failingSince");
            progress.put(id, new Progress(cursor, since == null ? null : parse(since)));
        }
        return progress;
    }

    private static Instant parse(String text) {
        return Instant.parse(text);
    }
}
