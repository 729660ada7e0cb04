package io.sandgate.e2e;

import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.CounterServer;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.sandgate.e2e.harness.SandboxProcesses;
import io.sandgate.e2e.harness.Signals;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// A replica that stops in whatever way and comes back with the same data directory.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class RestartIT {

    private static final int PORT = CounterServer.PORT;
    private static final int RUNTIME = 49_983;
    private static final Duration LONG = Duration.ofSeconds(30);

    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.of(2).isolated()
            .set("templates.deaf.command", "sleep 600").set("templates.deaf.ready-port", "9");

    private final ReplicaProcess restarted = cluster.replica(1);
    private final ReplicaProcess other = cluster.replica(2);

    @AfterEach
    void leaveNothingBehind() {
        restarted.api().list("").array().stream().map(JsonObject.class::cast)
                .forEach(sandbox -> restarted.api().kill(sandbox.getString("sandboxID")));
    }

    @Test
    void sandboxes_ofKilledReplica_serveAgainAsTheyWere() {
        sandboxesSurvive(restarted::kill9);
    }

    @Test
    void sandboxes_ofCleanlyStoppedReplica_serveAgainAsTheyWere() {
        sandboxesSurvive(() -> assertThat(restarted.sigterm()).isZero());
    }

    private void sandboxesSurvive(Runnable stop) {
        String running = create("counter", 300);
        String bare = create("base", 300);
        String paused = create("counter", 300);
        other.sandboxes().get(running, PORT, "/count");
        other.sandboxes().get(paused, PORT, "/count");
        final String pid = other.sandboxes().get(running, PORT, "/pid").body();
        final String pausedPid = other.sandboxes().get(paused, PORT, "/pid").body();
        assertThat(other.api().pause(paused).status()).isEqualTo(204);
        List<String> all = List.of(running, bare, paused);
        final List<JsonObject> before = all.stream().map(id -> restarted.api().get(id).json()).toList();
        final List<BigInteger> versions = all.stream().map(id -> version(other, id)).toList();

        stop.run();
        cluster.awaitReadyMembers(Set.of(other.id()));

        assertThat(other.sandboxes().get(running, PORT, "/count").body())
                .as("served without its replica, because it lives").isEqualTo("2");
        assertThat(other.api().get(running).status()).as("its owner is away").isEqualTo(503);

        restarted.start();
        cluster.awaitTogether();

        for (ReplicaProcess replica : cluster.replicas()) {
            assertThat(all.stream().map(id -> replica.api().get(id).json()).toList())
                    .as("ids, metadata, deadlines and states through %s", replica.id()).isEqualTo(before);
            assertThat(replica.sandboxes().get(running, PORT, "/pid").body()).isEqualTo(pid);
            assertThat(replica.sandboxes().get(bare, RUNTIME, "/health").status()).isEqualTo(204);
            assertThat(replica.sandboxes().get(paused, PORT, "/pid").status()).isEqualTo(502);
        }
        assertThat(other.sandboxes().get(running, PORT, "/count").body()).isEqualTo("3");
        assertThat(other.api().connect(paused, 300).status()).isEqualTo(201);
        assertThat(other.sandboxes().get(paused, PORT, "/count").body()).isEqualTo("2");
        assertThat(other.sandboxes().get(paused, PORT, "/pid").body()).isEqualTo(pausedPid);
        for (int i = 0; i < all.size(); i++) {
            assertThat(version(other, all.get(i))).as("version of the route of %s", all.get(i))
                    .isGreaterThan(versions.get(i));
        }
        assertThat(other.api().kill(running).status()).isEqualTo(204);
        assertThat(SandboxProcesses.of(running)).isEmpty();
    }

    @Test
    void sandboxes_thatEndedWhileTheReplicaWasDown_areReportedAndGoneEverywhere() {
        String died = create("counter", 300);
        String overdue = create("counter", 300);
        Instant end = end(overdue, 3);

        restarted.kill9();
        SandboxProcesses.of(died).forEach(pid -> Signals.send("KILL", pid));
        await().atMost(LONG).until(() -> Instant.now().isAfter(end));
        assertThat(SandboxProcesses.of(overdue)).as("nobody there to end it").isNotEmpty();
        restarted.start();
        cluster.awaitTogether();

        for (String id : List.of(died, overdue)) {
            await().atMost(LONG).pollInterval(Duration.ofMillis(50)).untilAsserted(() -> {
                for (ReplicaProcess replica : cluster.replicas()) {
                    assertThat(replica.api().get(id).status()).as("%s at %s", id, replica.id()).isEqualTo(404);
                    assertThat(replica.sandboxes().get(id, PORT, "/count").status()).isEqualTo(502);
                    assertThat(replica.routes()).doesNotContainKey(id);
                }
            });
            assertThat(SandboxProcesses.of(id)).isEmpty();
            assertThat(restarted.sandboxDirectories()).doesNotContain(id);
        }
        assertThat(restarted.log()).contains("sandbox.died id=" + died).contains("sandbox.expired id=" + overdue);
    }

    @Test
    void creation_cutOffByCrash_leavesNothing() {
        List<String> before = restarted.sandboxDirectories();
        Thread creation = Thread.ofVirtual().start(() -> {
            try {
                restarted.api().create("deaf");
            } catch (UncheckedIOException e) {
                // the replica dies before it answers, which is the point
            }
        });
        // what the replica has not let go yet would end with it
        await().atMost(LONG).until(() -> created(before).size() == 1
                && SandboxProcesses.runs(created(before).getFirst(), "sleep"));
        String id = created(before).getFirst();

        restarted.kill9();
        assertThat(SandboxProcesses.of(id)).as("orphans for now").isNotEmpty();
        restarted.start();
        cluster.awaitTogether();

        await().atMost(LONG).untilAsserted(() -> {
            assertThat(SandboxProcesses.of(id)).isEmpty();
            assertThat(restarted.sandboxDirectories()).doesNotContain(id);
        });
        cluster.replicas().forEach(replica -> {
            assertThat(replica.api().get(id).status()).isEqualTo(404);
            assertThat(replica.routes()).doesNotContainKey(id);
        });
        assertThat(creation).satisfies(thread -> await().until(() -> !thread.isAlive()));
    }

    @Test
    void stop_whileARequestIsOpen_letsItEnd() throws IOException {
        String id = other.api().created("counter");
        HttpResponse<InputStream> answer = restarted.sandboxes().open(id, PORT, "/slow");
        assertThat(answer.body().read()).isEqualTo('l');

        int exitCode = restarted.sigterm();

        assertThat(exitCode).isZero();
        assertThat("l" + new String(answer.body().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("line\n".repeat(10));
        restarted.start();
        cluster.awaitTogether();
    }

    private List<String> created(List<String> before) {
        return restarted.sandboxDirectories().stream().filter(id -> !before.contains(id)).toList();
    }

    private String create(String template, int timeout) {
        return restarted.api().created(new JsonObject().put("templateID", template).put("timeout", timeout)
                .put("metadata", new JsonObject().put("of", template).put("name with ü", "v=1&2")));
    }

    private Instant end(String id, int timeout) {
        assertThat(other.api().timeout(id, timeout).status()).isEqualTo(204);
        return Instant.parse(other.api().get(id).json().getString("endAt"));
    }

    private static BigInteger version(ReplicaProcess replica, String id) {
        return new BigInteger(replica.route(id).getString("resourceVersion"));
    }
}
