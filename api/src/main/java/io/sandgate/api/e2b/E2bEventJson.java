package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.Origin;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The events of sandboxes in E2B's JSON form.
public final class E2bEventJson {
    private static final String VERSION = "v1";
    private static final Map<String, String> TYPE_OF_KIND = Map.of(
            "sandbox.created", "sandbox.lifecycle.created",
            "sandbox.updated", "sandbox.lifecycle.updated",
            "sandbox.paused", "sandbox.lifecycle.paused",
            "sandbox.resumed", "sandbox.lifecycle.resumed",
            "sandbox.snapshotted", "sandbox.lifecycle.checkpointed",
            "sandbox.killed", "sandbox.lifecycle.killed");

    /// All types that there are.
    public static final Set<String> TYPES = Set.copyOf(TYPE_OF_KIND.values());

    private E2bEventJson() {}

    /// E2B's name for what happened; empty for what is no event of a sandbox.
    public static Optional<String> type(Event event) {
        return Optional.ofNullable(TYPE_OF_KIND.get(event.kind()));
    }

    /// The id of an event, the same on all replicas and after a restart.
    public static String id(Origin origin) {
        String name = origin.replica() + " " + origin.cursor();
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
    }

    /// An event in a list.
    ///
    /// @param type as [#type] says
    static ObjectNode listed(String type, Origin origin, Event event) {
        JsonNode facts = facts(event);
        String template = facts.path("template").asText();
        ObjectNode json = Json.object().put("version", VERSION).put("id", id(origin)).put("type", type);
        json.set("eventData", data(event));
        return json.put("sandboxBuildId", template).put("sandboxExecutionId", facts.path("uid").asText())
                .put("sandboxId", event.sandbox()).put("sandboxTeamId", event.owner())
                .put("sandboxTemplateId", template).put("timestamp", event.at().toString());
    }

    /// What an event says beside what all say: the sandbox' metadata, where it has any; when it ends now, for one that was
    /// updated; and for how long it ran, for one that was paused or killed. Null where there is nothing of this.
    public static @Nullable ObjectNode data(Event event) {
        JsonNode facts = facts(event);
        ObjectNode data = Json.object();
        if (!event.metadata().isEmpty()) {
            ObjectNode metadata = data.putObject("sandbox_metadata");
            event.metadata().forEach(metadata::put);
        }
        if (event.kind().equals("sandbox.updated") && facts.has("endAt")) {
            data.put("set_timeout", facts.path("endAt").asText());
        }
        if (event.kind().equals("sandbox.paused") || event.kind().equals("sandbox.killed")) {
            execution(facts, event.at(), data);
        }
        return data.isEmpty() ? null : data;
    }

    private static void execution(JsonNode facts, Instant end, ObjectNode data) {
        try {
            Instant start = Instant.parse(facts.path("runningSince").asText());
            data.putObject("execution").put("started_at", start.toString())
                    .put("vcpu_count", facts.path("cpuCount").asInt())
                    .put("memory_mb", facts.path("memoryMB").asInt())
                    .put("execution_time", Math.max(0, Duration.between(start, end).toMillis()));
        } catch (DateTimeException e) {
            // it did not run, or it is not known since when
            data.remove("execution");
        }
    }

    private static JsonNode facts(Event event) {
        try {
            return Json.read(Buffer.buffer(event.data()));
        } catch (IOException e) {
            return Json.object();
        }
    }
}
