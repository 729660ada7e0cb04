package io.sandgate.gateway.stream.webhook;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Registrations as JSON, between replicas and on disk: with their secrets.
final class WebhookJson {

    private WebhookJson() {}

    static JsonArray write(Collection<WebhookRecord> records) {
        JsonArray array = new JsonArray();
        records.forEach(record -> array.add(write(record)));
        return array;
    }

    private static JsonObject write(WebhookRecord record) {
        JsonObject object = new JsonObject().put("id", record.id()).put("version", record.version())
                .put("writer", record.writer()).put("changedAt", record.changedAt().toString());
        record.webhook().ifPresent(webhook -> object.put("webhook", new JsonObject().put("team", webhook.team())
                .put("name", webhook.name()).put("url", webhook.url().toString()).put("enabled", webhook.enabled())
                .put("disabledReason", webhook.disabledReason())
                .put("events", new JsonArray(webhook.events().stream().map(EventType::word).sorted().toList()))
                .put("secret", webhook.secret()).put("createdAt", webhook.createdAt().toString())));
        return object;
    }

    /// @throws IllegalArgumentException when one of them is no record; the message shows no value
    static List<WebhookRecord> read(JsonArray array) {
        List<WebhookRecord> records = new ArrayList<>();
        for (Object each : array) {
            records.add(read(each));
        }
        return records;
    }

    private static WebhookRecord read(Object each) {
        try {
            JsonObject object = (JsonObject) each;
            String id = text(object, "id");
            long version = object.getLong("version");
            if (version < 1) {
                throw new IllegalArgumentException("version");
            }
            JsonObject webhook = object.getJsonObject("webhook");
            return new WebhookRecord(id, version, text(object, "writer"), instant(object, "changedAt"),
                    webhook == null ? Optional.empty() : Optional.of(webhook(id, webhook)));
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "webhooks: a record that is none (expected: id, version, writer, changedAt, webhook)", e);
        }
    }

    private static Webhook webhook(String id, JsonObject object) {
        Set<EventType> events = EnumSet.noneOf(EventType.class);
        // a type of a later release is left out, rather than the whole
        object.getJsonArray("events").forEach(word -> EventType.ofWord(String.valueOf(word)).ifPresent(events::add));
        URI url = WebhookUrl.parse(text(object, "url"));
        return new Webhook(id, text(object, "team"), text(object, "name"), url, object.getBoolean("enabled"),
                object.getString("disabledReason", ""), events, text(object, "secret"), instant(object, "createdAt"));
    }

    private static Instant instant(JsonObject object, String name) {
        return Instant.parse(text(object, name));
    }

    private static String text(JsonObject object, String name) {
        String text = object.getString(name);
        if (text == null) {
            throw new IllegalArgumentException(name);
        }
        return text;
    }
}
