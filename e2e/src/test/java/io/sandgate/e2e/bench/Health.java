package io.sandgate.e2e.bench;

import io.sandgate.e2e.bench.BenchClient.Created;
import io.sandgate.e2e.harness.ReplicaProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.core.ThrowingRunnable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// What one replica thinks of its peers, seen from outside.
final class Health {

    private static final Duration WITHIN = Duration.ofSeconds(30);
    private static final Duration LOADED_WITHIN = Duration.ofMinutes(5);
    private static final Duration LOOK = Duration.ofMillis(50);
    private static final int IN_A_ROW = 5;

    private Health() {}

    /// Waits until several creates in a row are answered with the route at every peer, and nothing waits for a peer.
    static void awaitAllAwaited(BenchClient client, List<ReplicaProcess> others) {
        List<BenchClient> peers = new ArrayList<>();
        try {
            others.forEach(other -> peers.add(new BenchClient(other)));
            until(() -> {
                assertThat(slowPeers(client.replica())).as("slow peers").isZero();
                assertThat(client.replica().metrics().sum("sandgate_sync_outbox_routes")).as("routes waiting").isZero();
                for (int i = 0; i < IN_A_ROW; i++) {
                    Created created = client.create();
                    List<BenchClient> without = peers.stream().filter(peer -> !peer.hasRoute(created.id())).toList();
                    client.kill(created.id());
                    assertThat(without).as("peers without a route when the create was answered").isEmpty();
                }
            });
        } finally {
            peers.forEach(BenchClient::close);
        }
    }

    /// Waits until the replica has so many members in its table.
    static void awaitMembers(ReplicaProcess replica, int count) {
        until(() -> assertThat(members(replica)).isEqualTo(count));
    }

    /// Waits until the replica has so many routes.
    static void awaitRoutes(ReplicaProcess replica, int count) {
        await().atMost(LOADED_WITHIN).pollDelay(Duration.ZERO).pollInterval(LOOK)
                .until(() -> routes(replica) == count);
    }

    /// How many routes it has.
    static int routes(ReplicaProcess replica) {
        return (int) replica.metrics().sum("sandgate_routes");
    }

    static int members(ReplicaProcess replica) {
        return replica.cluster().getJsonArray("members").size();
    }

    /// Waits until the replica knows so many peers to be slow, which takes a few failed requests.
    static void awaitSlow(ReplicaProcess replica, int count) {
        until(() -> assertThat(slowPeers(replica)).as("slow peers").isEqualTo(count));
    }

    /// How many peers it has given up waiting for.
    static int slowPeers(ReplicaProcess replica) {
        return (int) replica.metrics().sum("sandgate_sync_slow_peers");
    }

    private static void until(ThrowingRunnable condition) {
        await().atMost(WITHIN).pollDelay(Duration.ZERO).pollInterval(LOOK).untilAsserted(condition);
    }
}
