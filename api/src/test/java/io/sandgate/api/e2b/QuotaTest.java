package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandgate.api.e2b.TestClient.Answer;
import io.sandgate.membership.MemberState;
import io.sandgate.sandbox.SandboxException;
import io.sandgate.sandbox.SandboxException.Reason;
import io.sandgate.sandbox.SandboxState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Quotas that hold over several replicas.
class QuotaTest {
    private static final String BASE = "{\"templateID\":\"base\"}";
    private static final int REPLICAS = 3;

    private TestCluster cluster;

    @BeforeEach
    void start() {
        cluster = new TestCluster(REPLICAS, E2bSettings.DEFAULT);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void creates_atTheSameTimeEverywhere_makeAsManyAsAllowed() {
        // keys of different owners
        for (int round = 0; round < 5; round++) {
            String key = key("{\"sandboxes\":7}");
            List<CompletableFuture<Answer>> answers = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                answers.add(cluster.get(i % REPLICAS).client.callLater(key, "POST", "/v2/sandboxes", BASE));
            }
            List<Integer> statuses = answers.stream().map(CompletableFuture::join).map(Answer::status).toList();

            assertThat(statuses).containsOnly(201, 429);
            assertThat(statuses.stream().filter(status -> status == 201)).hasSize(7);
        }
    }

    @Test
    void refusal_namesWhatIsUsed() {
        String key = key("{\"memoryMb\":1000,\"cpu\":9}");
        assertThat(create(0, key).status()).isEqualTo(201);

        Answer refused = create(1, key).isError(429).saying("memory", "512 of 1000 MiB", "512 more");

        assertThat(refused.header("Retry-After")).isEmpty();
        assertThat(cluster.get(1).meters.get("sandgate.quota.refused").tag("reason", "memory").counter().count())
                .isEqualTo(1);
        String processors = key("{\"cpu\":1}");
        cluster.get(0).client.callAs(processors, "POST", "/v2/sandboxes", "{\"templateID\":\"web\"}").isError(429)
                .saying("cpu", "0 of 1");
        create(2, key("{\"sandboxes\":0}")).isError(429).saying("sandboxes", "0 of 0");
    }

    @Test
    void kill_anywhere_freesAPlaceAtOnce() {
        String key = key("{\"sandboxes\":1}");
        for (int i = 0; i < 12; i++) {
            Answer created = create(i % REPLICAS, key);
            assertThat(created.status()).as("round %s: %s", i, created.json()).isEqualTo(201);
            create((i + 1) % REPLICAS, key).isError(429);
            String id = created.json().path("sandboxID").asText();
            assertThat(cluster.get(i % REPLICAS).client.callAs(key, "DELETE", "/sandboxes/" + id, "").status())
                    .isEqualTo(204);
        }
    }

    @Test
    void pausedSandbox_counts() {
        String key = key("{\"sandboxes\":1}");
        String id = create(0, key).json().path("sandboxID").asText();
        cluster.get(0).sandboxes.all.computeIfPresent(id,
                (same, sandbox) -> cluster.get(0).sandboxes.put(sandbox, SandboxState.PAUSED, FakeSandboxes.START));

        create(1, key).isError(429);
    }

    @Test
    void failedCreate_takesNothing() {
        String key = key("{\"sandboxes\":1}");
        cluster.get(0).sandboxes.failure = new SandboxException(Reason.START_FAILED, "no");
        for (int i = 0; i < 5; i++) {
            create(0, key).isError(500);
        }
        cluster.get(0).sandboxes.failure = null;

        assertThat(create(0, key).status()).isEqualTo(201);
    }

    @Test
    void keyWithoutAQuota_asksNobody() {
        String key = key("{}");
        cluster.members.compute("replica-1", (id, member) -> member.in(MemberState.UNHEALTHY));

        assertThat(create(0, key).status()).isEqualTo(201);
        assertThat(create(0, TestReplica.KEY_A).status()).isEqualTo(201);
        assertThat(cluster.get(0).sandboxes.creates.getFirst().claim().isCounted()).isTrue();
        assertThat(cluster.get(0).sandboxes.creates.getLast().claim().isCounted()).isFalse();
    }

    @Test
    void quotaThatComesLater_countsWhatIsThere() {
        JsonNode made = made("{}");
        String key = made.path("key").asText();
        assertThat(create(0, key).status()).isEqualTo(201);
        assertThat(create(1, key).status()).isEqualTo(201);

        cluster.get(2).client.call("PATCH", "/api-keys/" + made.path("id").asText(), "{\"quota\":{\"sandboxes\":3}}");

        assertThat(create(2, key).status()).isEqualTo(201);
        create(2, key).isError(429).saying("3 of 3");
    }

    @Test
    void memberThatLeaves_takesItsDecisionsAlongAndNothingIsExceeded() {
        for (int round = 0; round < 4; round++) {
            String key = key("{\"sandboxes\":2}");
            assertThat(create(0, key).status()).isEqualTo(201);
            cluster.members.compute("replica-2", (id, member) -> member.in(MemberState.UNHEALTHY));

            assertThat(create(1, key).status()).isEqualTo(201);
            create(0, key).isError(429);

            cluster.members.compute("replica-2", (id, member) -> member.in(MemberState.READY));
            for (int i = 0; i < REPLICAS; i++) {
                cluster.get(i).nanos.addAndGet(Duration.ofSeconds(1).toNanos());
            }
            create(1, key).isError(429);
        }
    }

    @Test
    void memberThatDoesNotAnswer_refusesCreatesOfQuotasOnly() {
        String key = key("{\"sandboxes\":100}");
        cluster.get(1).peerServer.close().await();

        Answer refused = create(0, key).isError(503).saying("nothing was made");
        assertThat(refused.header("Retry-After")).isEqualTo("1");
        assertThat(create(0, key("{}")).status()).isEqualTo(201);
        assertThat(cluster.get(0).sandboxes.creates).hasSize(1);

        cluster.members.compute("replica-1", (id, member) -> member.in(MemberState.UNHEALTHY));
        await().until(() -> create(0, key).status() == 201);
    }

    private String key(String quota) {
        return made(quota).path("key").asText();
    }

    private JsonNode made(String quota) {
        return cluster.get(0).client.post("/api-keys", "{\"name\":\"q\",\"team\":\"team-q\",\"quota\":" + quota + "}")
                .json();
    }

    private Answer create(int replica, String key) {
        return cluster.get(replica).client.callAs(key, "POST", "/v2/sandboxes", BASE);
    }
}
