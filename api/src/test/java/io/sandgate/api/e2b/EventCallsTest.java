package io.sandgate.api.e2b;

import io.sandgate.api.e2b.TestClient.Answer;
import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.Event.Reach;
import io.sandgate.gateway.stream.event.Origin;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/// The latest events of sandboxes, in E2B's form.
class EventCallsTest {
    private static final Instant START = Instant.parse("2026-11-22T10:00:00Z");

    private TestCluster cluster;
    private TestReplica replica;
    private TestClient client;

    @BeforeEach
    void start() {
        cluster = new TestCluster(1, E2bSettings.DEFAULT);
        replica = cluster.get(0);
        client = replica.client;
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void events_areInE2bsForm_newestFirst() {
        happens(1, TestReplica.TEAM_A, "i1", "created");
        happens(2, TestReplica.TEAM_A, "i1", "killed");

        Answer answer = client.get("/events/sandboxes");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json()).isEqualTo(TestClient.json("""
                [{"version":"v1","id":"%s","type":"sandbox.lifecycle.killed","eventData":null,"sandboxBuildId":"base",
                "sandboxExecutionId":"u","sandboxId":"i1","sandboxTeamId":"team a/ü","sandboxTemplateId":"base",
                "timestamp":"2026-11-22T10:00:02Z"},
                {"version":"v1","id":"%s","type":"sandbox.lifecycle.created","eventData":null,"sandboxBuildId":"base",
                "sandboxExecutionId":"u","sandboxId":"i1","sandboxTeamId":"team a/ü","sandboxTemplateId":"base",
                "timestamp":"2026-11-22T10:00:01Z"}]""".formatted(E2bEventJson.id(origin(2)),
                E2bEventJson.id(origin(1)))));
    }

    @Test
    void pages_areTakenFromTheBeginningOfTheirOrder() {
        IntStream.range(0, 30).forEach(i -> happens(i, TestReplica.TEAM_A, "i" + i, "created"));

        assertThat(sandboxes("")).hasSize(10).startsWith("i29", "i28").endsWith("i20");
        assertThat(sandboxes("?limit=2&offset=3")).containsExactly("i26", "i25");
        assertThat(sandboxes("?limit=2&offset=3&orderAsc=true")).containsExactly("i3", "i4");
        assertThat(sandboxes("?limit=100&orderAsc=false")).hasSize(30);
        assertThat(sandboxes("?offset=30")).isEmpty();
        assertThat(sandboxes("?offset=9223372036854775807")).isEmpty();
    }

    @Test
    void types_choose() {
        happens(1, TestReplica.TEAM_A, "i1", "created");
        happens(2, TestReplica.TEAM_A, "i2", "paused");
        happens(3, TestReplica.TEAM_A, "i3", "killed");

        assertThat(sandboxes("?types=sandbox.lifecycle.created&types=sandbox.lifecycle.killed"))
                .containsExactly("i3", "i1");
        assertThat(sandboxes("?types=sandbox.lifecycle.created,sandbox.lifecycle.paused")).containsExactly("i2", "i1");
    }

    @Test
    void events_ofOneSandbox_areFoundByItsId_alsoInE2bsOlderForm() {
        happens(1, TestReplica.TEAM_A, "i1", "created");
        happens(2, TestReplica.TEAM_A, "i2", "created");

        assertThat(sandboxes("/i1")).containsExactly("i1");
        assertThat(sandboxes("/i1-6532622b")).containsExactly("i1");
        assertThat(sandboxes("/i3")).isEmpty();
        client.get("/events/sandboxes/NO_ID").isError(404);
    }

    @Test
    void events_ofAnotherTeam_areNotShown() {
        happens(1, TestReplica.TEAM_B, "i1", "created");

        assertThat(sandboxes("")).isEmpty();
        assertThat(sandboxes("/i1")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"limit=0,limit", "limit=101,limit", "limit=x,limit", "offset=-1,offset", "orderAsc=yes,orderAsc",
            "types=created,types", "types=,types"})
    void query_thatIsNone_isRefused(String query, String named) {
        client.get("/events/sandboxes?" + query).isError(400).saying(named);
    }

    private List<String> sandboxes(String rest) {
        Answer answer = client.get("/events/sandboxes" + rest);
        assertThat(answer.status()).isEqualTo(200);
        return answer.json().valueStream().map(event -> event.path("sandboxId").asText()).toList();
    }

    private void happens(int second, String team, String sandbox, String what) {
        Event event = new Event("sandbox." + what, "sandbox/" + sandbox, what.equals("killed"),
                START.plusSeconds(second), sandbox, team, Map.of(), "{\"template\":\"base\",\"uid\":\"u\"}",
                Reach.CLUSTER);
        replica.history.add(new Entry(second, event, origin(second), Buffer.buffer()));
    }

    private static Origin origin(long seq) {
        return new Origin("r1", new Cursor("e", seq));
    }
}
