package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandgate.api.e2b.TestClient.Answer;
import io.sandgate.membership.MemberState;
import io.sandgate.sandbox.SandboxState;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Keys that are made, shown, changed and revoked through the API of several replicas.
class KeysTest {
    private TestCluster cluster;

    @BeforeEach
    void start() {
        cluster = new TestCluster(3, E2bSettings.DEFAULT);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void created_key_hasE2bsFormAndIsShownOnce() {
        JsonNode created = create(0, "{\"name\":\"ci\",\"team\":\"team-c\",\"quota\":{\"sandboxes\":0,\"cpu\":4}}");

        String key = created.path("key").asText();
        assertThat(key).matches("e2b_[0-9a-f]{40}");
        assertThat(created.path("mask")).isEqualTo(TestClient.json("""
                {"prefix":"e2b_","valueLength":40,"maskedValuePrefix":"","maskedValueSuffix":"%s"}"""
                .formatted(key.substring(40))));
        assertThat(created.path("createdBy").path("id").asText()).isEqualTo(TestReplica.TEAM_A);
        assertThat(created.path("createdAt").asText()).isEqualTo("2026-01-31T12:00:00.123Z");
        assertThat(created.path("lastUsed").isNull()).isTrue();
        assertThat(created.path("teamID").asText()).isEqualTo("team-c");
        assertThat(created.path("quota")).isEqualTo(TestClient.json("{\"sandboxes\":0,\"cpu\":4}"));
        JsonNode listed = cluster.get(1).client.get("/api-keys").json();
        assertThat(listed).hasSize(1);
        assertThat(listed.toString()).contains("\"ci\"").doesNotContain(key.substring(4, 44)).doesNotContain("hash");
    }

    @Test
    void key_madeHere_isGoodAndBadEverywhereBeforeTheAnswer() {
        JsonNode created = create(0, "{\"name\":\"ci\",\"team\":\"team-c\"}");
        String key = created.path("key").asText();
        for (int i = 0; i < 3; i++) {
            assertThat(list(i, key)).isEqualTo(200);
        }

        assertThat(cluster.get(2).client.delete("/api-keys/" + created.path("id").asText()).status()).isEqualTo(204);

        for (int i = 0; i < 3; i++) {
            assertThat(list(i, key)).isEqualTo(401);
        }
    }

    @Test
    void change_thatWasNotHeard_isFoundByComparing() {
        cluster.members.compute("replica-2", (id, member) -> member.in(MemberState.UNHEALTHY));
        JsonNode created = create(0, "{\"name\":\"ci\",\"team\":\"team-c\"}");
        JsonNode other = create(0, "{\"name\":\"gone\",\"team\":\"team-c\"}");
        cluster.get(0).client.delete("/api-keys/" + other.path("id").asText());
        assertThat(list(2, created.path("key").asText())).isEqualTo(401);

        cluster.members.compute("replica-2", (id, member) -> member.in(MemberState.READY));

        await().until(() -> list(2, created.path("key").asText()) == 200);
        await().untilAsserted(() -> assertThat(cluster.get(2).keys.records).isEqualTo(cluster.get(0).keys.records));
        assertThat(list(2, other.path("key").asText())).isEqualTo(401);
    }

    @Test
    void keysOfATeam_shareItsSandboxes() {
        String first = create(0, "{\"name\":\"a\",\"team\":\"team-c\"}").path("key").asText();
        String second = create(0, "{\"name\":\"b\",\"team\":\"team-c\"}").path("key").asText();
        String id = cluster.get(0).sandboxes.add("team-c", SandboxState.RUNNING).id();

        assertThat(cluster.get(0).client.callAs(first, "GET", "/sandboxes/" + id, "").status()).isEqualTo(200);
        assertThat(cluster.get(0).client.callAs(second, "GET", "/sandboxes/" + id, "").status()).isEqualTo(200);
        cluster.get(0).client.get("/sandboxes/" + id).isError(404);
    }

    @Test
    void member_ofATeam_seesItsKeysAndChangesNone() {
        JsonNode mine = create(0, "{\"name\":\"a\",\"team\":\"team-c\"}");
        create(0, "{\"name\":\"b\",\"team\":\"team-d\"}");
        String key = mine.path("key").asText();

        assertThat(names(call(key, "GET", "/api-keys", ""))).containsExactly("a");
        call(key, "POST", "/api-keys", "{\"name\":\"x\"}").isError(403);
        call(key, "PATCH", "/api-keys/" + mine.path("id").asText(), "{\"name\":\"x\"}").isError(403);
        call(key, "DELETE", "/api-keys/" + mine.path("id").asText(), "").isError(403);
    }

    @Test
    void admin_ofATeam_worksWithinItAndWithinItsOwnLimits() {
        String admin = create(0, "{\"name\":\"a\",\"team\":\"team-c\",\"admin\":true,\"quota\":{\"sandboxes\":3}}")
                .path("key").asText();
        String foreign = create(0, "{\"name\":\"b\",\"team\":\"team-d\"}").path("id").asText();

        Answer inherits = call(admin, "POST", "/api-keys", "{\"name\":\"c\"}");
        assertThat(inherits.status()).isEqualTo(201);
        assertThat(inherits.json().path("teamID").asText()).isEqualTo("team-c");
        assertThat(inherits.json().path("quota").path("sandboxes").asInt()).isEqualTo(3);
        String id = inherits.json().path("id").asText();
        call(admin, "POST", "/api-keys", "{\"name\":\"d\",\"quota\":{}}").isError(403);
        call(admin, "POST", "/api-keys", "{\"name\":\"d\",\"rateLimit\":0}").isError(403);
        call(admin, "PATCH", "/api-keys/" + id, "{\"quota\":{\"sandboxes\":4}}").isError(403);
        assertThat(call(admin, "PATCH", "/api-keys/" + id, "{\"quota\":{\"sandboxes\":2}}").status()).isEqualTo(200);
        call(admin, "POST", "/api-keys", "{\"name\":\"d\",\"team\":\"team-d\"}").isError(403);
        String missing = call(admin, "DELETE", "/api-keys/none", "").isError(404).message();
        assertThat(call(admin, "DELETE", "/api-keys/" + foreign, "").isError(404).message().replace(foreign, "none"))
                .isEqualTo(missing);
        assertThat(call(admin, "DELETE", "/api-keys/" + id, "").status()).isEqualTo(204);
    }

    @Test
    void changed_key_hasItsNewLimitsEverywhere() {
        String id = create(0, "{\"name\":\"a\",\"team\":\"team-c\",\"rateLimit\":5}").path("id").asText();

        Answer changed = cluster.get(1).client.call("PATCH", "/api-keys/" + id,
                "{\"name\":\"b\",\"quota\":{\"memoryMb\":512},\"rateLimit\":9}");

        assertThat(changed.status()).isEqualTo(200);
        JsonNode seen = cluster.get(2).client.get("/api-keys").json().path(0);
        assertThat(seen).isEqualTo(changed.json());
        assertThat(seen.path("name").asText()).isEqualTo("b");
        assertThat(seen.path("quota")).isEqualTo(TestClient.json("{\"memoryMb\":512}"));
        assertThat(seen.path("rateLimit").asInt()).isEqualTo(9);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"name\":\"\"}", "{\"name\":\"a\\u0000b\"}", "{\"name\":\"a\",\"team\":\"a b\"}",
            "{\"name\":\"a\",\"quota\":{\"cpu\":-1}}", "{\"name\":\"a\",\"quota\":{\"cpu\":\"1\"}}",
            "{\"name\":\"a\",\"quota\":3}", "{\"name\":\"a\",\"rateLimit\":-2}", "{\"name\":\"a\",\"admin\":\"yes\"}"})
    void key_thatIsNotAllowed_is400(String body) {
        cluster.get(0).client.post("/api-keys", body.contains("team") ? body : withTeam(body)).isError(400)
                .saying("expected");
        assertThat(cluster.get(0).keys.records).isEmpty();
    }

    @Test
    void tooManyKeys_are409() {
        for (int i = 0; i < 100; i++) {
            create(0, "{\"name\":\"k\",\"team\":\"team-c\"}");
        }

        cluster.get(0).client.post("/api-keys", withTeam("{\"name\":\"k\"}")).isError(409).saying("max-keys");
    }

    @Test
    void teams_areThoseThatTheCallerSees() {
        String key = create(0, "{\"name\":\"a\",\"team\":\"team-c\"}").path("key").asText();

        assertThat(call(key, "GET", "/teams", "").json()).isEqualTo(TestClient.json(
                "[{\"teamID\":\"team-c\",\"name\":\"team-c\",\"apiKey\":\"\",\"isDefault\":true}]"));
        assertThat(StreamSupport.stream(cluster.get(1).client.get("/teams").json().spliterator(), false)
                .map(team -> team.path("name").asText())).containsExactlyInAnyOrder("team-c", TestReplica.TEAM_A);
    }

    @Test
    void joiner_knowsTheKeysBeforeItIsReady() {
        JsonNode created = create(0, "{\"name\":\"a\",\"team\":\"team-c\"}");
        TestReplica late = cluster.add();

        late.joinKeys();

        assertThat(late.keys.records).containsKey(created.path("id").asText());
    }

    private static String withTeam(String body) {
        return body.equals("{}") ? "{\"team\":\"team-c\"}" : body.replaceFirst("\\{", "{\"team\":\"team-c\",");
    }

    private JsonNode create(int replica, String body) {
        Answer answer = cluster.get(replica).client.post("/api-keys", body);
        assertThat(answer.status()).as("%s", answer.json()).isEqualTo(201);
        return answer.json();
    }

    private int list(int replica, String key) {
        return cluster.get(replica).client.callAs(key, "GET", "/v2/sandboxes", "").status();
    }

    private Answer call(String key, String method, String path, String body) {
        return cluster.get(0).client.callAs(key, method, path, body);
    }

    private static List<String> names(Answer answer) {
        return StreamSupport.stream(answer.json().spliterator(), false).map(key -> key.path("name").asText()).toList();
    }

    @Test
    void foreignRecords_thatMakeNoSense_areRefused() {
        for (String record : List.of("{}", "{\"id\":7}", "{\"id\":\"k\",\"team\":\"a b\"}")) {
            Answer answer = cluster.get(0).peer().call("POST", "/owner/keys", "{\"records\":[" + record + "]}",
                    "X-Sandgate-Owner", "-", "X-Sandgate-Hop", "replica-1");

            answer.isError(400);
        }
        assertThat(cluster.get(0).keys.records).isEqualTo(Map.of());
    }
}
