package io.sandgate.e2e;

import io.sandgate.e2e.harness.Answer;
import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.CounterServer;
import io.sandgate.e2e.harness.LifecycleClient;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.sandgate.e2e.harness.SandboxCaller;
import io.sandgate.e2e.harness.SandboxProcesses;
import io.sandgate.e2e.harness.Signals;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// The life of a sandbox, with each step asked of another replica.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class SandboxLifecycleIT {

    private static final int PORT = CounterServer.PORT;

    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.of(3).isolated().patient();

    private final ReplicaProcess first = cluster.replica(1);
    private final ReplicaProcess second = cluster.replica(2);
    private final ReplicaProcess third = cluster.replica(3);

    @Test
    void web_createdOnOneReplica_isServedByTheOthersInEveryForm() {
        String id = first.api().created("web");

        for (ReplicaProcess other : List.of(second, third)) {
            for (SandboxCaller.Form form : SandboxCaller.Form.values()) {
                Answer page = other.sandboxes().get(form, id, 8000, "/", Map.of());
                assertThat(page.status()).as("%s at %s", form, other.id()).isEqualTo(200);
                assertThat(page.body()).contains("It works").contains(id);
            }
        }
        assertThat(second.api().kill(id).status()).isEqualTo(204);
    }

    @Test
    void create_answer_hasWhatSdksNeed() {
        Answer answer = second.api().create("base");

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.json().getString("sandboxID")).matches("[a-z0-9]+");
        assertThat(answer.json().getString("templateID")).isEqualTo("base");
        assertThat(answer.json().getString("clientID")).isNotEmpty();
        assertThat(answer.json().getString("envdVersion")).matches("\\d+\\.\\d+\\.\\d+");
    }

    @Test
    void pause_ofProcess_stopsServingEverywhereAndResumeGoesOnWithItsMemory() {
        String id = first.api().created("counter");
        assertThat(second.sandboxes().get(id, PORT, "/count").body()).isEqualTo("1");
        assertThat(third.sandboxes().get(id, PORT, "/count").body()).isEqualTo("2");
        String pid = second.sandboxes().get(id, PORT, "/pid").body();

        assertThat(third.api().pause(id).status()).isEqualTo(204);

        cluster.replicas().forEach(replica -> assertThat(replica.sandboxes().get(id, PORT, "/count").status())
                .as("through %s", replica.id()).isEqualTo(502));
        assertThat(second.api().get(id).json().getString("state")).isEqualTo("paused");
        assertThat(second.api().pause(id)).satisfies(again -> {
            assertThat(again.status()).isEqualTo(409);
            assertThat(again.json().getInteger("code")).isEqualTo(409);
        });

        Answer resumed = second.api().resume(id, 300);

        assertThat(resumed.status()).isEqualTo(201);
        assertThat(resumed.json().getString("sandboxID")).isEqualTo(id);
        assertThat(third.sandboxes().get(id, PORT, "/count").body()).isEqualTo("3");
        assertThat(third.sandboxes().get(id, PORT, "/pid").body()).isEqualTo(pid);
        assertThat(third.api().resume(id, 300).status()).isEqualTo(409);
        assertThat(third.api().kill(id).status()).isEqualTo(204);
    }

    @Test
    void connect_runningAndPaused_extendsAndResumes() {
        String id = first.api().created("base");
        Instant end = end(first, id);

        assertThat(second.api().connect(id, 60).status()).as("a shorter life than it has").isEqualTo(200);
        assertThat(end(third, id)).isEqualTo(end);
        assertThat(second.api().connect(id, 3000).status()).isEqualTo(200);
        assertThat(end(third, id)).isAfter(end);

        assertThat(third.api().pause(id).status()).isEqualTo(204);
        assertThat(second.api().connect(id, 300).status()).isEqualTo(201);
        assertThat(first.api().get(id).json().getString("state")).isEqualTo("running");
    }

    @Test
    void timeout_set_movesTheEndBothWays() {
        String id = first.api().created("base");
        Instant end = end(first, id);

        assertThat(second.api().timeout(id, 3000).status()).isEqualTo(204);
        assertThat(end(third, id)).isAfter(end);
        assertThat(third.api().timeout(id, 100).status()).isEqualTo(204);
        assertThat(end(second, id)).isBefore(end);
        assertThat(second.api().timeout(id, 0).status()).isEqualTo(204);

        awaitGone(id);
    }

    @Test
    void deadline_passed_killsTheSandboxEverywhereAndNotBefore() {
        String id = first.api().created(new JsonObject().put("templateID", "counter").put("timeout", 2));
        Instant end = end(first, id);
        List<Long> processes = SandboxProcesses.of(id);
        assertThat(processes).isNotEmpty();

        awaitGone(id);

        assertThat(Instant.now()).isAfterOrEqualTo(end);
        assertThat(SandboxProcesses.of(id)).isEmpty();
        await().untilAsserted(() -> assertThat(first.sandboxDirectories()).doesNotContain(id));
    }

    @Test
    void deadline_passedWithAutoPause_pauses() {
        String id = first.api()
                .created(new JsonObject().put("templateID", "counter").put("timeout", 1).put("autoPause", true));

        await().atMost(Duration.ofSeconds(10)).until(() -> third.api().get(id).json().getString("state"),
                "paused"::equals);
        // it is called paused from when it is being paused; until that is announced, requests wait in it
        await().atMost(Duration.ofSeconds(10)).until(() -> second.route(id).getString("state"), "paused"::equals);

        assertThat(second.sandboxes().get(id, PORT, "/count").status()).isEqualTo(502);
        assertThat(second.api().connect(id, 300).status()).isEqualTo(201);
        assertThat(third.sandboxes().get(id, PORT, "/count").body()).isEqualTo("1");
        assertThat(first.api().get(id).json().getJsonObject("lifecycle").getString("onTimeout")).isEqualTo("pause");
    }

    @Test
    void logs_ofProcess_areReadThroughAnyReplica() {
        String id = first.api().created("counter");
        second.sandboxes().get(id, PORT, "/count");

        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            Answer logs = third.api().logs(id);
            assertThat(logs.status()).isEqualTo(200);
            List<String> lines = logs.json().getJsonArray("logs").stream().map(JsonObject.class::cast)
                    .map(line -> line.getString("level") + " " + line.getString("message")).toList();
            assertThat(lines).contains("info count=1", "error counting");
        });
    }

    @Test
    void kill_throughAnotherReplica_endsTheSandboxEverywhere() {
        String id = first.api().created("counter");

        assertThat(third.api().kill(id).status()).isEqualTo(204);

        for (ReplicaProcess replica : cluster.replicas()) {
            assertThat(replica.sandboxes().get(id, PORT, "/count").status()).as("data plane of %s", replica.id())
                    .isEqualTo(502);
            for (Answer answer : List.of(replica.api().get(id), replica.api().kill(id), replica.api().pause(id),
                    replica.api().connect(id, 60), replica.api().timeout(id, 60), replica.api().logs(id))) {
                assertThat(answer.status()).isEqualTo(404);
                assertThat(answer.json().getInteger("code")).isEqualTo(404);
            }
        }
        assertThat(SandboxProcesses.of(id)).isEmpty();
        assertThat(first.sandboxDirectories()).doesNotContain(id);
    }

    @Test
    void process_thatEnds_takesItsSandboxWithIt() {
        String id = first.api().created("counter");

        SandboxProcesses.of(id).forEach(pid -> Signals.send("KILL", pid));

        awaitGone(id);
    }

    private static void awaitGone(String id) {
        await().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(50)).untilAsserted(() -> {
            for (ReplicaProcess replica : cluster.replicas()) {
                LifecycleClient api = replica.api();
                assertThat(api.get(id).status()).as("get at %s", replica.id()).isEqualTo(404);
                assertThat(replica.sandboxes().get(id, PORT, "/count").status()).as("data plane of %s", replica.id())
                        .isEqualTo(502);
            }
        });
    }

    private static Instant end(ReplicaProcess replica, String id) {
        return Instant.parse(replica.api().get(id).json().getString("endAt"));
    }
}
