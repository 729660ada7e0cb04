package io.sandgate.e2e;

import io.sandgate.e2e.harness.Answer;
import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.CounterServer;
import io.sandgate.e2e.harness.FreePorts;
import io.sandgate.e2e.harness.Program;
import io.sandgate.e2e.harness.ReplicaPlan;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.vertx.core.json.JsonObject;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Replicas that are not let in, and two that say they are the same one.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class MembersInTroubleIT {
    private static final Duration LONG = Duration.ofSeconds(40);
    private static final int PORT = CounterServer.PORT;

    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.of(2).spareMembers(1).set("cluster.join-timeout", "2s")
            .isolated();

    private final ReplicaProcess first = cluster.replica(1);
    private final ReplicaProcess second = cluster.replica(2);

    @AfterEach
    void bringBack() {
        if (!second.isAlive()) {
            second.start();
        }
        cluster.awaitTogether();
    }

    @Test
    void replica_besideOneThatHangs_waitsAndSaysWhy_andEndsCleanlyOrGetsIn() {
        assertThat(second.sigterm()).isZero();
        final long said = lines(second, "cluster.not_joined");
        final long letIn = lines(second, "cluster.let_in");
        first.sigstop();
        try {
            awaitOutside(second.start());
            assertThat(second.sigterm()).as("told to stop while it waits").isZero();

            awaitOutside(second.start());
            await().atMost(LONG).until(() -> lines(second, "cluster.not_joined") == said + 1);
            assertThat(lines(second, "cluster.let_in")).isEqualTo(letIn);
        } finally {
            first.sigcont();
        }

        cluster.awaitTogether();
        assertThat(lines(second, "cluster.let_in")).isEqualTo(letIn + 1);
        assertThat(lines(second, "cluster.not_joined")).isEqualTo(said + 1);
    }

    private void awaitOutside(ReplicaProcess replica) {
        await().atMost(LONG).untilAsserted(() -> {
            Answer ready = admin(replica, "/readyz");
            assertThat(ready.status()).isEqualTo(503);
            assertThat(ready.body()).contains("it is not let into the cluster: 127.0.0.1:" + first.plan().clusterPort()
                    + " answered and did not take it in");
        });
        assertThat(admin(replica, "/healthz").status()).isEqualTo(200);
        assertThat(replica.metrics().sum("sandgate_membership_joined")).isZero();
    }

    @Test
    void replica_whoseIdALivingOneHas_isKeptOut_andDoesNoHarm() {
        String sandbox = second.api().created("counter");
        ReplicaProcess twin = twinOf(second);
        try {
            twin.start();
            await().atMost(LONG).untilAsserted(() -> assertThat(admin(twin, "/readyz").body())
                    .contains("another living replica has its sandgate.replica.id, " + second.id()));
            double ignored = duplicates(twin);
            await().atMost(LONG).until(() -> duplicates(twin) >= ignored + 5);

            assertThat(admin(twin, "/healthz").status()).isEqualTo(200);
            assertThat(duplicatesSaid(twin)).as("once for each life of the other").isNotEmpty().doesNotHaveDuplicates();
            await().atMost(LONG).untilAsserted(() -> assertThat(incarnations(first)).as("the one that had it stays")
                    .hasSize(1).isEqualTo(incarnations(second)));
            assertThat(first.sandboxes().get(sandbox, PORT, "/count").status()).isEqualTo(200);
            assertThat(second.sandboxes().get(sandbox, PORT, "/count").status()).isEqualTo(200);
            assertThat(twin.sigterm()).isZero();
        } finally {
            twin.close();
        }

        assertThat(second.api().kill(sandbox).status()).isEqualTo(204);
    }

    private static ReplicaProcess twinOf(ReplicaProcess replica) {
        ReplicaPlan plan = replica.plan();
        return new ReplicaProcess(
                new ReplicaPlan(plan.id(), plan.host(), FreePorts.take(), FreePorts.take(), FreePorts.take(),
                        cluster.spareClusterEndpoint(1).port(), cluster.directory().resolve("twin"),
                        Program.logs().resolve("MembersInTroubleIT-twin.log"), plan.settings()),
                ClusterProcesses.KEY,
                cluster.http());
    }

    /// Of the second replica, or of who says that it is that one.
    private Set<Long> incarnations(ReplicaProcess seenBy) {
        return seenBy.cluster().getJsonArray("members").stream().map(JsonObject.class::cast)
                .filter(member -> member.getString("id").equals(second.id()))
                .map(member -> member.getLong("incarnation")).collect(Collectors.toSet());
    }

    private static double duplicates(ReplicaProcess replica) {
        return replica.metrics().sum("sandgate_membership_ignored_total", "reason=\"duplicate_id\"");
    }

    /// The lives of the other that it warned of. A replica that returned from a cut begins a new one by itself.
    private static List<String> duplicatesSaid(ReplicaProcess twin) {
        return twin.log().lines().filter(line -> line.contains("member.duplicate_id"))
                .map(line -> line.replaceFirst(".* incarnation=(\\d+) .*", "$1")).toList();
    }

    private static long lines(ReplicaProcess replica, String event) {
        List<String> lines = replica.log().lines().toList();
        return lines.stream().filter(line -> line.contains(event)).count();
    }

    private static Answer admin(ReplicaProcess replica, String path) {
        try {
            return cluster.http().get(replica.adminUrl() + path, Map.of());
        } catch (UncheckedIOException e) {
            throw new AssertionError("not there yet", e);
        }
    }
}
