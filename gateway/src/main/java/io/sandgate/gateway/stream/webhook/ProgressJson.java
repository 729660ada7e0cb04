package io.sandgate.gateway.stream.webhook;

import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.webhook.Trouble.Span;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How far webhooks are, as JSON on disk.
final class ProgressJson {

    private ProgressJson() {}

    static JsonObject write(Map<String, Progress> progress) {
        JsonObject webhooks = new JsonObject();
        progress.forEach((id, each) -> {
            JsonObject object = new JsonObject().put("cursor", each.cursor().toString());
            Span failing = each.failing();
            if (failing != null) {
                object.put("failingSince", failing.since().toString()).put("failedLast", failing.last().toString());
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
            progress.put(id, new Progress(cursor, failing(object)));
        }
        return progress;
    }

    private static @Nullable Span failing(JsonObject object) {
        String since = object.getString("failingSince");
        return since == null
                ? null
                : new Span(Instant.parse(since), Instant.parse(object.getString("failedLast", since)));
    }
}
