package io.sandgate.e2e;

import io.sandgate.e2e.harness.Answer;
import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/// Lists, which gather what all replicas have.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class SandboxListIT {

    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.shared();

    /// Metadata of this test's sandboxes alone.
    private final String mark = UUID.randomUUID().toString();
    private final List<String> ids = new ArrayList<>();

    @BeforeEach
    void createOnePerReplica() {
        cluster.replicas().forEach(replica -> ids.add(create(replica, new JsonObject().put("mark", mark))));
    }

    @Test
    void list_atAnyReplica_hasTheSandboxesOfAll() {
        for (ReplicaProcess replica : cluster.replicas()) {
            Answer answer = replica.api().list("?metadata=" + filter("mark", mark));

            assertThat(answer.status()).isEqualTo(200);
            assertThat(ids(answer)).as("list at %s, newest first", replica.id()).isEqualTo(ids.reversed());
            assertThat(answer.header("x-next-token")).isEmpty();
        }
    }

    @Test
    void list_byMetadataOfAnyCharacters_findsIt() {
        String key = "user id";
        String value = "a&b=ü " + mark;
        String id = create(cluster.replica(1), new JsonObject().put(key, value));

        Answer answer = cluster.replica(2).api().list("?metadata=" + filter(key, value));

        assertThat(ids(answer)).containsExactly(id);
        assertThat(answer.array().getJsonObject(0).getJsonObject("metadata").getString(key)).isEqualTo(value);
    }

    @Test
    void list_byState_showsThoseOnly() {
        assertThat(cluster.replica(3).api().pause(ids.getFirst()).status()).isEqualTo(204);

        Answer paused = cluster.replica(2).api().list("?state=paused&metadata=" + filter("mark", mark));
        Answer running = cluster.replica(2).api().list("?state=running&metadata=" + filter("mark", mark));

        assertThat(ids(paused)).containsExactly(ids.getFirst());
        assertThat(paused.header("x-total-running")).isEmpty();
        assertThat(ids(running)).containsExactly(ids.get(2), ids.get(1));
        assertThat(running.header("x-total-running")).isNotEmpty();
    }

    @Test
    void list_inPages_hasEachSandboxOnceInOrder() {
        for (int i = 0; i < 4; i++) {
            ids.add(create(cluster.replica(1 + i % 3), new JsonObject().put("mark", mark)));
        }
        List<String> seen = new ArrayList<>();
        String token = "";
        int page = 0;
        do {
            ReplicaProcess replica = cluster.replica(1 + page++ % 3);
            Answer answer = replica.api().list("?limit=2&metadata=" + filter("mark", mark)
                    + (token.isEmpty() ? "" : "&nextToken=" + encode(token)));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(ids(answer)).hasSizeLessThanOrEqualTo(2);
            seen.addAll(ids(answer));
            token = answer.header("x-next-token");
        } while (!token.isEmpty());

        assertThat(seen).isEqualTo(ids.reversed());
        assertThat(page).isEqualTo(4);
    }

    @Test
    void list_withAnotherKey_isEmpty() {
        Answer answer = cluster.replica(1).api().withKey(ClusterProcesses.OTHER_KEY)
                .list("?metadata=" + filter("mark", mark));

        assertThat(ids(answer)).isEmpty();
    }

    private static String create(ReplicaProcess replica, JsonObject metadata) {
        return replica.api().created(
                new JsonObject().put("templateID", "base").put("timeout", 300).put("metadata", metadata));
    }

    private static List<String> ids(Answer answer) {
        return answer.array().stream().map(JsonObject.class::cast).map(entry -> entry.getString("sandboxID")).toList();
    }

    /// As the SDKs write it: name and value encoded twice, and the whole once more.
    private static String filter(String key, String value) {
        return encode(encode(encode(key)) + "=" + encode(encode(value)));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
