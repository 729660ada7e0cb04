package io.sandgate.e2e;

import io.sandgate.e2e.harness.Answer;
import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.sandgate.e2e.harness.SandboxWorld;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/// The promise of the whole: in the moment in which a call is answered, every replica acts on it.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ReadYourWritesIT {

    private static final int ROUNDS = Integer.getInteger("sandgate.e2e.rounds", 300);
    private static final int CLIENTS = 4;

    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.shared();

    @AutoClose
    private static final SandboxWorld world = SandboxWorld.open();

    @Test
    void sandbox_createdOnARandomReplica_isReachedThroughEachOtherAtOnce() {
        assertThat(rounds(new Random(1), ROUNDS)).isEmpty();
    }

    @Test
    void sandboxes_ofSeveralClientsAtOnce_areReachedThroughEachOtherAtOnce()
            throws ExecutionException, InterruptedException {
        List<Future<List<String>>> clients = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
            for (int client = 0; client < CLIENTS; client++) {
                Random random = new Random(100 + client);
                clients.add(threads.submit(() -> rounds(random, ROUNDS / CLIENTS)));
            }
        }
        for (Future<List<String>> client : clients) {
            assertThat(client.get()).isEmpty();
        }
    }

    /// Creates, reads everywhere, kills, reads everywhere; returns what went wrong.
    private static List<String> rounds(Random random, int rounds) {
        List<String> failures = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            ReplicaProcess owner = any(random);
            String id = owner.api().created("base");
            String address = owner.route(id).getString("ip");
            for (ReplicaProcess other : cluster.others(owner)) {
                Answer answer = other.sandboxes().get(id, world.port(), "/");
                if (answer.status() != 200 || !answer.body().equals(address)) {
                    failures.add("round " + round + ": " + id + " of " + owner.id() + " through " + other.id() + ": "
                            + answer.status() + " " + answer.body() + ", not " + address);
                }
            }
            int killed = any(random).api().kill(id).status();
            if (killed != 204) {
                failures.add("round " + round + ": kill of " + id + " answered " + killed);
            }
            for (ReplicaProcess replica : cluster.replicas()) {
                int status = replica.sandboxes().get(id, world.port(), "/").status();
                if (status != 502) {
                    failures.add(
                            "round " + round + ": " + id + " through " + replica.id() + " after its end: " + status);
                }
            }
        }
        return failures;
    }

    @Test
    void change_ofStateOrDeadline_isSeenThroughEachReplicaAtOnce() {
        Random random = new Random(2);
        String id = any(random).api().created("base");

        for (int round = 0; round < ROUNDS / 10; round++) {
            assertThat(any(random).api().pause(id).status()).isEqualTo(204);
            cluster.replicas().forEach(replica -> {
                assertThat(replica.sandboxes().get(id, world.port(), "/").status()).isEqualTo(502);
                assertThat(state(replica, id)).isEqualTo("paused");
            });
            assertThat(any(random).api().connect(id, 300).status()).isEqualTo(201);
            cluster.replicas().forEach(replica -> {
                assertThat(replica.sandboxes().get(id, world.port(), "/").status()).isEqualTo(200);
                assertThat(state(replica, id)).isEqualTo("running");
            });
        }
    }

    private static String state(ReplicaProcess replica, String id) {
        JsonObject sandbox = replica.api().get(id).json();
        return sandbox.getString("state");
    }

    private static ReplicaProcess any(Random random) {
        return cluster.replica(1 + random.nextInt(3));
    }
}
