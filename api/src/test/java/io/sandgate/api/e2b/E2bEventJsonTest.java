package io.sandgate.api.e2b;

import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.Event.Reach;
import io.sandgate.gateway.stream.event.Origin;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class E2bEventJsonTest {
    private static final Origin ORIGIN = new Origin("r1", new Cursor("e1", 9));

    @Test
    void event_listed_isInE2bsForm() {
        Event event = event("sandbox.created", "", Map.of("a", "b"));

        assertThat(E2bEventJson.listed(E2bEventJson.type(event).orElseThrow(), ORIGIN, event))
                .isEqualTo(TestClient.json("""
                        {"version":"v1","id":"%s","type":"sandbox.lifecycle.created",
                        "eventData":{"sandbox_metadata":{"a":"b"}},"sandboxBuildId":"base","sandboxExecutionId":"u1",
                        "sandboxId":"i1","sandboxTeamId":"team","sandboxTemplateId":"base",
                        "timestamp":"2026-11-22T10:00:30.500Z"}""".formatted(E2bEventJson.id(ORIGIN))));
    }

    @Test
    void data_ofEachKind_isWhatE2bSays() {
        assertThat(E2bEventJson.data(event("sandbox.created", "", Map.of()))).isNull();
        assertThat(E2bEventJson.data(event("sandbox.resumed", "", Map.of()))).isNull();
        assertThat(E2bEventJson.data(event("sandbox.updated", "", Map.of())))
                .isEqualTo(TestClient.json("{\"set_timeout\":\"2026-11-22T11:00:00Z\"}"));
        String since = ",\"runningSince\":\"2026-11-22T10:00:20Z\"";
        for (String kind : new String[]{"sandbox.paused", "sandbox.killed"}) {
            assertThat(E2bEventJson.data(event(kind, since, Map.of()))).hasToString("""
                    {"execution":{"started_at":"2026-11-22T10:00:20Z","vcpu_count":2,"memory_mb":512,\
                    "execution_time":10500}}""");
            assertThat(E2bEventJson.data(event(kind, "", Map.of()))).isNull();
        }
    }

    @Test
    void id_isOneOfTheOrigin() {
        assertThat(Stream.of(ORIGIN, new Origin("r2", ORIGIN.cursor()), new Origin("r1", new Cursor("e1", 10)),
                new Origin("r1", new Cursor("e2", 9))).map(E2bEventJson::id)).doesNotHaveDuplicates()
                .allMatch(id -> id.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"));
        assertThat(E2bEventJson.id(ORIGIN)).isEqualTo(E2bEventJson.id(new Origin("r1", new Cursor("e1", 9))));
    }

    @Test
    void event_ofNoSandbox_hasNoType() {
        assertThat(E2bEventJson.type(event("route.changed", "", Map.of()))).isEmpty();
        assertThat(E2bEventJson.TYPES).hasSize(6).contains("sandbox.lifecycle.checkpointed");
    }

    @Test
    void event_withoutFacts_isListedAllTheSame() {
        Event bare = new Event("sandbox.killed", "sandbox/i1", true, Instant.EPOCH, "i1", "team", Map.of(),
                "{\"resync\":true}", Reach.CLUSTER);

        assertThat(E2bEventJson.listed("sandbox.lifecycle.killed", ORIGIN, bare).path("sandboxTemplateId").asText())
                .isEmpty();
    }

    private static Event event(String kind, String more, Map<String, String> metadata) {
        return new Event(kind, "sandbox/i1", false, Instant.parse("2026-11-22T10:00:30.500Z"), "i1", "team", metadata,
                """
                        {"state":"running","template":"base","uid":"u1","startedAt":"2026-11-22T10:00:00Z",
                        "endAt":"2026-11-22T11:00:00Z","cpuCount":2,"memoryMB":512%s}""".formatted(more),
                Reach.CLUSTER);
    }
}
