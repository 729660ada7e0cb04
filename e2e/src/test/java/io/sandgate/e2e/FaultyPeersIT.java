package io.sandgate.e2e;

import com.github.tomakehurst.wiremock.http.Fault;
import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.ImpostorMember;
import io.sandgate.e2e.harness.LifecycleClient;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.sandgate.e2e.harness.SandboxWorld;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Peers that are slow, stuck, broken, refusing, lying, leaving or stopped, beside two good replicas.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class FaultyPeersIT {

    private static final Duration SOON = Duration.ofSeconds(15);
    private static final String RETRIES = "sandgate_sync_retries_total";
    private static final String SLOW_PEERS = "sandgate_sync_slow_peers";

    private static final Map<String, Consumer<ImpostorMember>> FAULTS = faults();

    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.of(2).spareMembers(1).set("sync.probe-every", "100ms")
            .set("sync.request-timeout", "1s").set("sync.peer-deadline", "3s").expectInLogs("has been blocked for");

    @AutoClose
    private static final SandboxWorld world = SandboxWorld.open();

    private final ReplicaProcess first = cluster.replica(1);
    private final ReplicaProcess second = cluster.replica(2);
    private final ImpostorMember impostor = new ImpostorMember(cluster, 1, "replica-9");

    private static Map<String, Consumer<ImpostorMember>> faults() {
        Map<String, Consumer<ImpostorMember>> faults = new LinkedHashMap<>();
        faults.put("slow by 5 s", impostor -> impostor.slow(Duration.ofSeconds(5)));
        faults.put("slow by 100 ms", impostor -> impostor.slow(Duration.ofMillis(100)));
        faults.put("stuck", ImpostorMember::stuck);
        for (Fault fault : Fault.values()) {
            faults.put(fault.name(), impostor -> impostor.broken(fault));
        }
        for (int status : List.of(200, 302, 400, 403, 404, 413, 429, 500, 503)) {
            faults.put("answers " + status, impostor -> impostor.refusing(status));
        }
        faults.put("lies with []", impostor -> impostor.lying("[]"));
        faults.put("lies with words", impostor -> impostor.lying("I am the walrus"));
        faults.put("lies with many lines", impostor -> impostor.lying("{\"result\":\"applied\"}\n".repeat(5_000)));
        return faults;
    }

    @AfterEach
    void leave() {
        impostor.close();
        cluster.awaitReadyMembers(Set.of(first.id(), second.id()));
    }

    @Test
    void lifecycle_withAFaultyPeer_succeedsAndTheGoodReplicaIsRight() {
        impostor.join(cluster);
        for (Map.Entry<String, Consumer<ImpostorMember>> fault : FAULTS.entrySet()) {
            fault.getValue().accept(impostor);
            lifecycleIsRight(fault.getKey());
            assertThat(impostor.peer().getAllServeEvents()).as("asked: %s", fault.getKey()).isNotEmpty();
            impostor.good();
            awaitCalm(fault.getKey());
        }
    }

    /// Waits until the impostor, now good, has been probed back to health and nothing is under way.
    private static void awaitCalm(String fault) {
        await(fault).atMost(SOON).untilAsserted(() -> cluster.replicas().forEach(replica -> {
            assertThat(replica.metrics().sum(SLOW_PEERS)).as("slow peers of %s", replica.id()).isZero();
            assertThat(replica.metrics().sum("sandgate_sync_in_flight")).isZero();
            assertThat(replica.metrics().sum("sandgate_sync_outbox_routes")).isZero();
        }));
    }

    private void lifecycleIsRight(String fault) {
        LifecycleClient api = first.api();
        String id = api.created("base");
        assertThat(second.sandboxes().get(id, world.port(), "/").status()).as("%s: created", fault).isEqualTo(200);
        assertThat(api.pause(id).status()).as("%s: pause", fault).isEqualTo(204);
        awaitStatus(fault + ": paused", id, 502);
        assertThat(api.resume(id, 300).status()).as("%s: resume", fault).isEqualTo(201);
        awaitStatus(fault + ": resumed", id, 200);
        assertThat(second.api().kill(id).status()).as("%s: kill", fault).isEqualTo(204);
        awaitStatus(fault + ": killed", id, 502);
    }

    /// Soon rather than at once: with a peer that answers nothing a call goes on after the soft wait, in which a busy
    /// machine may not have told the good one.
    private void awaitStatus(String step, String id, int status) {
        await(step).atMost(SOON).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(10))
                .until(() -> second.sandboxes().get(id, world.port(), "/").status() == status);
    }

    @Test
    void refusal_thatCannotPass_isNotRetried() {
        impostor.join(cluster);
        impostor.refusing(400);
        double retries = first.metrics().sum(RETRIES);

        String refused = first.api().created("base");
        String later = first.api().created("base");

        await().atMost(SOON).until(() -> impostor.refreshesOf(later) == 1);
        assertThat(impostor.refreshesOf(refused)).isEqualTo(1);
        assertThat(first.metrics().sum(RETRIES)).isEqualTo(retries);
        assertThat(first.metrics().sum("sandgate_sync_dropped_total", "reason=\"refused\"")).isPositive();
    }

    @Test
    void failure_thatPasses_isRetriedUntilItSucceeds() {
        impostor.join(cluster);
        impostor.answeringWith(List.of(503, 503, 204));
        double retries = first.metrics().sum(RETRIES);

        String id = first.api().created("base");

        await().atMost(SOON).until(() -> impostor.refreshesOf(id) == 3);
        String later = first.api().created("base");
        await().atMost(SOON).until(() -> impostor.refreshesOf(later) == 1);
        assertThat(impostor.refreshesOf(id)).as("not again once it was taken").isEqualTo(3);
        assertThat(first.metrics().sum(RETRIES)).isEqualTo(retries + 2);
    }

    @Test
    void stuckPeer_isNotWaitedForOnceItIsKnown() {
        impostor.join(cluster);
        impostor.stuck();

        await().atMost(SOON).until(() -> {
            first.api().created("base");
            return first.metrics().sum(SLOW_PEERS) == 1;
        });
        int before = impostor.peer().getAllServeEvents().size();
        List<String> ids = IntStream.range(0, 50).mapToObj(i -> first.api().created("base")).toList();

        assertThat(impostor.peer().getAllServeEvents().size() - before).as("probes instead of one request each")
                .isLessThan(50);
        ids.forEach(id -> assertThat(second.sandboxes().get(id, world.port(), "/").status()).isEqualTo(200));
    }

    @Test
    void peer_thatLeavesInMidFlight_leavesNothingWaiting() {
        impostor.join(cluster);
        impostor.slow(Duration.ofMillis(150));
        List<CompletableFuture<String>> creations = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            creations.add(CompletableFuture.supplyAsync(() -> first.api().created("base")));
        }
        await().atMost(SOON).until(() -> impostor.refreshes() > 0);

        impostor.leave();
        impostor.stopListening();

        for (CompletableFuture<String> creation : creations) {
            assertThat(second.sandboxes().get(creation.join(), world.port(), "/").status()).isEqualTo(200);
        }
        cluster.awaitReadyMembers(Set.of(first.id(), second.id()));
        awaitCalm("the peer left");
    }

    @Test
    void peer_thatStopsListeningWhileAMember_doesNotFailTheOthers() {
        impostor.join(cluster);
        impostor.stopListening();

        lifecycleIsRight("gone listener");
    }

    @Test
    void member_thatClaimsRoutesOfOthers_isNotBelieved() {
        String id = first.api().created("base");
        JsonObject own = second.route(id);
        String stolen = own.copy().put("ip", "127.127.0.66").put("resourceVersion", "999999999999999999999").encode();
        String forbidden = new JsonObject().put("namespace", "default").put("name", "meta").put("id", "meta1")
                .put("uid", "u").put("ip", "169.254.169.254").put("state", "running")
                .put("resourceVersion", "1099511627776").put("authority", "replica-9").encode();
        String fine = new JsonObject(forbidden).put("name", "fine").put("id", "fine1").put("ip", "127.127.0.67")
                .encode();
        impostor.claiming(stolen + "\n" + forbidden + "\n" + fine + "\n");

        impostor.join(cluster);

        await().atMost(SOON).until(() -> second.routes().containsKey("fine1"));
        cluster.replicas().forEach(replica -> {
            assertThat(replica.route(id)).isEqualTo(own);
            assertThat(replica.routes()).doesNotContainKey("meta1");
            assertThat(replica.sandboxes().get(id, world.port(), "/").body()).isEqualTo(own.getString("ip"));
        });
    }

    @Test
    void replica_stoppedForAMoment_catchesUpWhenItGoesOn() {
        stoppedReplicaCatchesUp(false);
    }

    @Test
    void replica_stoppedUntilItIsTakenForDead_catchesUpWhenItGoesOn() {
        stoppedReplicaCatchesUp(true);
    }

    private void stoppedReplicaCatchesUp(boolean untilRemoved) {
        String killed = first.api().created("base");
        String paused = first.api().created("base");
        String created;
        second.sigstop();
        try {
            created = first.api().created("base");
            assertThat(first.api().kill(killed).status()).isEqualTo(204);
            assertThat(first.api().pause(paused).status()).isEqualTo(204);
            if (untilRemoved) {
                await().atMost(Duration.ofSeconds(40)).until(() -> first.cluster().getJsonArray("members").size() == 1);
            }
        } finally {
            second.sigcont();
        }

        awaitStatus("created", created, 200);
        awaitStatus("killed", killed, 502);
        awaitStatus("paused", paused, 502);
        cluster.awaitReadyMembers(Set.of(first.id(), second.id()));
        await().atMost(SOON).untilAsserted(() -> assertThat(second.routes()).isEqualTo(first.routes()));
    }
}
