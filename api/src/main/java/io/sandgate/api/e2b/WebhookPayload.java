package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.webhook.EventType;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;

/// The body that a webhook gets for an event of a sandbox, in the form that E2B's receivers read: other than the list of events,
/// with underscores and a version of its own.
public final class WebhookPayload {
    private static final String VERSION = "v2";

    private WebhookPayload() {}

    /// The body for an entry.
    ///
    /// @throws IllegalArgumentException when it is no event that a webhook is told of
    public static Buffer of(Entry entry) {
        Event event = entry.event();
        EventType type = EventType.ofKind(event.kind()).orElseThrow(() -> new IllegalArgumentException(
                event.kind() + " (expected: a kind that webhooks are told of)"));
        JsonNode facts = facts(event);
        String template = facts.path("template").asText();
        ObjectNode body = Json.object().put("id", E2bEventJson.id(entry.origin())).put("version", VERSION)
                .put("type", type.word()).put("timestamp", event.at().toString()).put("event_category", "lifecycle")
                .put("event_label", label(type));
        body.set("event_data", E2bEventJson.data(event));
        return Json
                .write(body.put("sandbox_id", event.sandbox()).put("sandbox_execution_id", facts.path("uid").asText())
                        .put("sandbox_template_id", template).put("sandbox_build_id", template)
                        .put("sandbox_team_id", event.owner()));
    }

    private static String label(EventType type) {
        return switch (type) {
            case CREATED -> "create";
            case UPDATED -> "update";
            case PAUSED -> "pause";
            case RESUMED -> "resume";
            case CHECKPOINTED -> "checkpoint";
            case KILLED -> "kill";
        };
    }

    private static JsonNode facts(Event event) {
        try {
            return Json.read(Buffer.buffer(event.data()));
        } catch (IOException e) {
            return Json.object();
        }
    }
}
