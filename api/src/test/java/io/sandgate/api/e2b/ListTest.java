package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandgate.api.e2b.TestClient.Answer;
import io.sandgate.sandbox.Sandbox;
import io.sandgate.sandbox.SandboxState;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/// Lists over two replicas, asked on one of them.
class ListTest {
    private static final Instant T = FakeSandboxes.START;

    private TestCluster cluster;
    private FakeSandboxes here;
    private FakeSandboxes there;
    private TestClient client;

    @BeforeEach
    void start() {
        cluster = new TestCluster(2, E2bSettings.DEFAULT);
        here = cluster.get(0).sandboxes;
        there = cluster.get(1).sandboxes;
        client = cluster.get(0).client;
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void list_ofNothing_isEmpty() {
        Answer answer = client.get("/v2/sandboxes");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json()).isEqualTo(TestClient.json("[]"));
        assertThat(answer.header("x-next-token")).isEmpty();
        assertThat(answer.header("X-Total-Running")).isEqualTo("0");
    }

    @Test
    void list_showsAllMembersNewestFirstAndOnlyOnesOwn() {
        Sandbox a = here.add(TestReplica.TEAM_A, SandboxState.RUNNING, T, Map.of("k", "v"));
        Sandbox b = there.add(TestReplica.TEAM_A, SandboxState.PAUSED, T.plusSeconds(1), Map.of());
        Sandbox c = here.add(TestReplica.TEAM_A, SandboxState.RUNNING, T.plusSeconds(2), Map.of());
        there.add(TestReplica.TEAM_B, SandboxState.RUNNING, T, Map.of());
        there.add(TestReplica.TEAM_A, SandboxState.CREATING, T, Map.of());
        here.add(TestReplica.TEAM_A, SandboxState.KILLING, T, Map.of());

        Answer answer = client.get("/v2/sandboxes");

        assertThat(ids(answer)).containsExactly(c.id(), b.id(), a.id());
        assertThat(answer.header("X-Total-Running")).isEqualTo("2");
        assertThat(answer.json().path(2)).isEqualTo(TestClient.json("""
                {"templateID":"base","alias":"base","sandboxID":"%s","clientID":"sandgate","envdVersion":"0.6.3",
                 "startedAt":"2026-01-31T12:00:00.123456789Z","endAt":"2026-01-31T12:05:00.123456789Z","cpuCount":1,
                 "memoryMB":512,"diskSizeMB":1024,"state":"running","metadata":{"k":"v"}}""".formatted(a.id())));
        assertThat(ids(client.get("/v2/sandboxes?order=asc"))).containsExactly(a.id(), b.id(), c.id());
    }

    @Test
    void list_deprecated_showsRunningOnes() {
        Sandbox a = there.add(TestReplica.TEAM_A, SandboxState.RUNNING, T, Map.of("user", "x y"));
        here.add(TestReplica.TEAM_A, SandboxState.PAUSED, T, Map.of("user", "x y"));
        there.add(TestReplica.TEAM_A, SandboxState.RUNNING, T, Map.of());

        assertThat(ids(client.get("/sandboxes"))).hasSize(2).contains(a.id());
        assertThat(ids(client.get("/sandboxes?metadata=user%3Dx%2520y"))).containsExactly(a.id());
    }

    @Test
    void list_byMetadataAsTheSdkEncodesIt_findsTheSandbox() {
        Sandbox a = here.add(TestReplica.TEAM_A, SandboxState.RUNNING, T, Map.of("user id", "a&b=ü", "other", "1"));
        Sandbox b = there.add(TestReplica.TEAM_A, SandboxState.RUNNING, T.minusSeconds(1), Map.of("user id", "a&b=ü"));
        there.add(TestReplica.TEAM_A, SandboxState.RUNNING, T, Map.of("user id", "a"));

        assertThat(ids(client.get("/v2/sandboxes?metadata=user%252520id%3Da%252526b%25253D%2525C3%2525BC")))
                .containsExactly(a.id(), b.id());
        assertThat(ids(client.get(
                "/v2/sandboxes?metadata=user%252520id%3Da%252526b%25253D%2525C3%2525BC%26other%3D1&limit=5")))
                .containsExactly(a.id());
    }

    @ParameterizedTest
    @CsvSource({"running,1", "paused,1", "'running,paused',2", "'running%2Cpaused',2"})
    void list_byState_showsThose(String state, int count) {
        here.add(TestReplica.TEAM_A, SandboxState.RUNNING);
        there.add(TestReplica.TEAM_A, SandboxState.PAUSING);

        Answer answer = client.get("/v2/sandboxes?state=" + state);

        assertThat(ids(answer)).hasSize(count);
        assertThat(answer.headers().firstValue("X-Total-Running").isPresent()).isEqualTo(state.contains("running"));
    }

    @Test
    void list_byTemplateAndStart_showsThose() {
        Sandbox a = here.add(TestReplica.TEAM_A, SandboxState.RUNNING, T.plusSeconds(1), Map.of());
        there.add(TestReplica.TEAM_A, SandboxState.RUNNING, T, Map.of());

        assertThat(ids(client.get("/v2/sandboxes?startedAfter=" + T))).containsExactly(a.id());
        assertThat(ids(client.get("/v2/sandboxes?startedAfter=2026-01-31T14:00:01%2B02:00"))).containsExactly(a.id());
        assertThat(ids(client.get("/v2/sandboxes?template=base"))).hasSize(2);
        assertThat(ids(client.get("/v2/sandboxes?template=web"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit=0", "limit=101", "limit=-1", "limit=ten", "state=dead", "order=up",
            "nextToken=%20%20x", "nextToken=Zm9v", "startedAfter=yesterday", "template=base:v1", "metadata=a",
            "metadata=a%3Db%3Dc", "metadata=%2525zz%3D1", "metadata=%zz"})
    void list_badQuery_is400AndNamesTheParameter(String query) {
        client.get("/v2/sandboxes?" + query.replace("%zz", "%25zz")).isError(400)
                .saying(query.substring(0, query.indexOf('=')));
    }

    @Test
    void list_tokenOfTheOtherOrder_is400() {
        IntStream.range(0, 3).forEach(i -> here.add(TestReplica.TEAM_A, SandboxState.RUNNING));
        String token = client.get("/v2/sandboxes?limit=1&order=asc").header("x-next-token");

        client.get("/v2/sandboxes?limit=1&order=desc&nextToken=" + token).isError(400).saying("order");
    }

    @ParameterizedTest
    @CsvSource({"1,desc", "2,asc", "3,desc", "7,asc", "100,desc"})
    void pages_withEqualTimes_showEachSandboxOnceInOrder(int limit, String order) {
        List<ListEntry> expected = new ArrayList<>();
        for (int i = 0; i < 23; i++) {
            FakeSandboxes where = i % 3 == 0 ? here : there;
            Sandbox made = where.add(TestReplica.TEAM_A, SandboxState.RUNNING, T.plusNanos(i / 10), Map.of());
            expected.add(new ListEntry(made.startedAt(), made.id(), Json.object()));
        }
        expected.sort(ListEntry.order(order.equals("asc")));
        List<String> seen = new ArrayList<>();
        String token = "";
        do {
            Answer answer = client.get("/v2/sandboxes?limit=" + limit + "&order=" + order
                    + (token.isEmpty() ? "" : "&nextToken=" + URLEncoder.encode(token, StandardCharsets.UTF_8)));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("X-Total-Running")).isEqualTo("23");
            assertThat(ids(answer)).hasSizeLessThanOrEqualTo(limit);
            seen.addAll(ids(answer));
            token = answer.header("x-next-token");
        } while (!token.isEmpty());

        assertThat(seen).containsExactlyElementsOf(expected.stream().map(ListEntry::id).toList());
    }

    @Test
    void pages_whileSandboxesComeAndGo_repeatAndSkipNothing() {
        List<Sandbox> old = IntStream.range(0, 6)
                .mapToObj(i -> (i % 2 == 0 ? here : there).add(TestReplica.TEAM_A, SandboxState.RUNNING)).toList();
        Answer first = client.get("/v2/sandboxes?limit=3");
        here.add(TestReplica.TEAM_A, SandboxState.RUNNING, T.plusSeconds(9), Map.of());
        List<String> shown = ids(first);
        here.all.remove(shown.getLast());
        there.all.remove(shown.getLast());

        Answer second = client.get("/v2/sandboxes?limit=3&nextToken=" + first.header("x-next-token"));

        List<String> all = new ArrayList<>(shown);
        all.addAll(ids(second));
        assertThat(all).containsExactlyInAnyOrderElementsOf(old.stream().map(Sandbox::id).toList());
    }

    private static List<String> ids(Answer answer) {
        assertThat(answer.status()).as("%s", answer.json()).isEqualTo(200);
        List<String> ids = new ArrayList<>();
        for (JsonNode sandbox : answer.json()) {
            ids.add(sandbox.path("sandboxID").asText());
        }
        return ids;
    }
}
