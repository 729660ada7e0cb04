package io.sandgate.e2e;

import io.sandgate.e2e.harness.Answer;
import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.LifecycleClient;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Keys, quotas and rates over real replicas.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class TenantsIT {

    private static final Duration SOON = Duration.ofSeconds(20);

    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.of(3).isolated().patient();

    @Test
    void key_madeOnOneReplica_isUsedAndRevokedOnOthers() {
        JsonObject key = create(1, new JsonObject().put("name", "ci").put("team", "team-a"));
        LifecycleClient second = client(2, key);
        String id = second.created("base");
        assertThat(client(3, key).get(id).status()).isEqualTo(200);
        assertThat(cluster.replica(1).api().get(id).status()).as("another key of the team").isEqualTo(200);

        assertThat(cluster.replica(3).api().call("DELETE", "/api-keys/" + key.getString("id"), "").status())
                .isEqualTo(204);

        for (int replica = 1; replica <= 3; replica++) {
            assertThat(client(replica, key).list("").status()).as("at replica %s", replica).isEqualTo(401);
        }
        assertThat(cluster.replica(1).api().kill(id).status()).isEqualTo(204);
        cluster.replicas().forEach(replica -> assertThat(replica.log()).doesNotContain(key.getString("key")));
    }

    @Test
    void key_revokedWhileAReplicaIsDown_isNotGoodThereWhenItIsBack() {
        JsonObject key = create(1, new JsonObject().put("name", "ci").put("team", "team-a"));
        ReplicaProcess third = cluster.replica(3);
        assertThat(client(3, key).list("").status()).isEqualTo(200);
        third.kill9();
        cluster.replica(1).api().call("DELETE", "/api-keys/" + key.getString("id"), "");

        third.start();
        cluster.awaitTogether();

        assertThat(client(3, key).list("").status()).isEqualTo(401);
    }

    @Test
    void creates_atTheSameTimeOnAllReplicas_keepTheQuota() throws Exception {
        JsonObject key = create(2,
                new JsonObject().put("name", "q").put("team", "team-q").put("quota",
                        new JsonObject().put("sandboxes", 4)));
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 18; i++) {
                LifecycleClient client = client(1 + i % 3, key);
                answers.add(CompletableFuture.supplyAsync(() -> client.create("base"), threads));
            }
        }
        List<Answer> made = answers.stream().map(CompletableFuture::join).filter(answer -> answer.status() == 201)
                .toList();
        List<Answer> refused = answers.stream().map(CompletableFuture::join).filter(answer -> answer.status() != 201)
                .toList();

        assertThat(made).hasSize(4);
        assertThat(refused).allSatisfy(answer -> assertThat(answer.status()).as(answer.body()).isEqualTo(429));
        assertThat(refused.getFirst().body()).contains("sandboxes", "4 of 4");

        String first = made.getFirst().json().getString("sandboxID");
        assertThat(client(1, key).pause(first).status()).isEqualTo(204);
        assertThat(client(2, key).create("base").status()).as("a paused one counts").isEqualTo(429);
        assertThat(client(3, key).connect(first, 60).status()).as("resume is not refused").isEqualTo(201);
        assertThat(client(2, key).kill(first).status()).isEqualTo(204);
        assertThat(client(3, key).create("base").status()).as("a kill frees").isEqualTo(201);
        assertThat(client(1, key).create("base").status()).isEqualTo(429);
    }

    @Test
    void quota_outlivesARestart() {
        JsonObject key = create(1,
                new JsonObject().put("name", "q").put("team", "team-r").put("quota", new JsonObject().put("cpu", 1)));
        await().atMost(SOON).until(() -> client(3, key).list("").status() == 200);
        client(3, key).created("base");
        cluster.replica(3).kill9();
        cluster.replica(3).start();
        cluster.awaitTogether();

        for (int replica = 1; replica <= 3; replica++) {
            assertThat(client(replica, key).create("base").status()).isEqualTo(429);
        }
    }

    @Test
    void foreignSandbox_answersAsAMissingOne() {
        String foreign = cluster.replica(2).api().withKey(ClusterProcesses.OTHER_KEY).created("base");
        await().atMost(SOON).until(() -> cluster.replica(1).api().withKey(ClusterProcesses.OTHER_KEY).get(foreign)
                .status() == 200);
        String missing = "i" + "0".repeat(foreign.length() - 1);

        for (int replica = 1; replica <= 3; replica++) {
            LifecycleClient api = cluster.replica(replica).api();
            for (String call : List.of("GET ", "DELETE ", "POST /pause", "POST /connect", "POST /timeout", "GET /logs",
                    "GET /metrics")) {
                String method = call.substring(0, call.indexOf(' '));
                String suffix = call.substring(call.indexOf(' ') + 1);
                String body = method.equals("POST") ? "{\"timeout\":60}" : "";
                Answer one = api.call(method, "/sandboxes/" + foreign + suffix, body);
                Answer other = api.call(method, "/sandboxes/" + missing + suffix, body);
                assertThat(one.status()).as(call).isEqualTo(404);
                assertThat(other.status()).as(call).isEqualTo(404);
                assertThat(one.body().replace(foreign, missing)).as(call).isEqualTo(other.body());
                assertThat(one.headers().map().keySet()).as(call).isEqualTo(other.headers().map().keySet());
            }
        }
    }

    @Test
    void callsOverTheRate_areToldHowLongToWait() {
        JsonObject key = create(1, new JsonObject().put("name", "slow").put("team", "team-s").put("rateLimit", 1));
        LifecycleClient slow = client(2, key);
        List<Answer> answers = new ArrayList<>();
        while (answers.isEmpty() || answers.getLast().status() == 200) {
            answers.add(slow.list(""));
        }

        assertThat(answers.getFirst().header("RateLimit-Limit")).isEqualTo("2");
        assertThat(answers.getLast().status()).isEqualTo(429);
        assertThat(Integer.parseInt(answers.getLast().header("Retry-After"))).isPositive();
        await().atMost(SOON).until(() -> slow.list("").status() == 200);
    }

    private static JsonObject create(int replica, JsonObject body) {
        Answer answer = cluster.replica(replica).api().call("POST", "/api-keys", body.encode());
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.json();
    }

    private static LifecycleClient client(int replica, JsonObject key) {
        return cluster.replica(replica).api().withKey(key.getString("key"));
    }
}
