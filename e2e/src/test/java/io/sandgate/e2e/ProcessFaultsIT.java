package io.sandgate.e2e;

import io.sandgate.e2e.harness.Answer;
import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.FaultTimes;
import io.sandgate.e2e.harness.FedRoutes;
import io.sandgate.e2e.harness.MembersSeen;
import io.sandgate.e2e.harness.NetworkNamespaces;
import io.sandgate.e2e.harness.OpenFiles;
import io.sandgate.e2e.harness.ReplicaPlan;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.sandgate.e2e.harness.SmallDisk;
import io.sandgate.e2e.harness.StoppedThread;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Three replicas over mutual TLS, one of which dies, stops, wedges, or runs out of disk or file descriptors: the others
/// serve what they have and give it no work, and after it all agree.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ProcessFaultsIT {

    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.of(3).in(NetworkNamespaces.of(3))
            .each(ProcessFaultsIT::prepared).expectInLogs("has been blocked for")
            .expectInLogs("ErrorReplies api.failed").expectInLogs("Epochs events.disk_failed");

    private final List<ReplicaProcess> all = cluster.replicas();
    private final ReplicaProcess first = cluster.replica(1);
    private final ReplicaProcess second = cluster.replica(2);
    private final ReplicaProcess third = cluster.replica(3);

    private static ReplicaPlan prepared(ReplicaPlan plan) {
        return switch (plan.id()) {
            case "replica-2" -> SmallDisk.under(plan);
            case "replica-3" -> StoppedThread.possible(plan);
            default -> plan;
        };
    }

    @Test
    void killedReplica_isMissedAtOnceAndBringsItsRoutesAgain() {
        FedRoutes routes = fed("killed");
        String sandbox = routes.sandbox(first);
        String ended = routes.sandbox(first);
        try (FaultTimes times = new FaultTimes("kill-9")) {
            times.until("before", () -> routes.assertAgreedBy(all));
            first.kill9();
            times.from(() -> {});
            times.until("not_routable", () -> MembersSeen.assertRoutable(List.of(second, third)));
            changedBesides(first, routes);
            assertThat(second.api().get(sandbox).status()).as("a call for a sandbox of the dead").isEqualTo(503);

            times.from(first::start);
            times.until("ready", () -> assertThat(first.isReady()).isTrue());
            agreed(times, routes);
            routes.kill(third, ended);
            times.until("killed_by_another", () -> routes.assertAgreedBy(all));
        }
    }

    @Test
    void stoppedReplica_leavesAndComesBackWithWhatItMissed() {
        FedRoutes routes = fed("stopped");
        try (FaultTimes times = new FaultTimes("sigstop")) {
            times.from(first::sigstop);
            try {
                times.until("not_routable",
                        () -> MembersSeen.assertNotRoutable(List.of(second, third), List.of(first)));
                changedBesides(first, routes);
                times.until("left", () -> MembersSeen.assertTogether(List.of(second, third)));
            } finally {
                times.from(first::sigcont);
            }
            agreed(times, routes);
        }
    }

    @Test
    void wedgedEventLoop_makesTheReplicaUnhealthyUntilItGoesOn() {
        FedRoutes routes = fed("wedged");
        try (FaultTimes times = new FaultTimes("wedged-event-loop")) {
            StoppedThread loop = StoppedThread.of(third, "vert.x-eventloop-thread-1");
            try {
                times.from(() -> {});
                times.until("unhealthy", () -> assertThat(third.isHealthy()).isFalse());
                times.until("not_routable",
                        () -> MembersSeen.assertNotRoutable(List.of(first, second), List.of(third)));
                changedBesides(third, routes);
                MembersSeen.assertRoutable(List.of(first, second));
            } finally {
                loop.close();
            }
            times.from(() -> {});
            times.until("healthy", () -> assertThat(third.isHealthy()).isTrue());
            agreed(times, routes);
        }
    }

    @Test
    void fullDisk_refusesWhatCannotBeKeptAndLosesNothing() {
        FedRoutes routes = fed("disk");
        String sandbox = routes.sandbox(second);
        try (FaultTimes times = new FaultTimes("disk-full")) {
            times.until("before", () -> routes.assertAgreedBy(all));
            SmallDisk.fill(second);
            try {
                times.from(() -> {});
                times.until("refused", () -> {
                    Answer refused = second.api().create(new JsonObject().put("templateID", "base"));
                    if (refused.status() == 201) {
                        second.api().kill(refused.json().getString("sandboxID"));
                    }
                    assertThat(refused.status()).as(refused.body()).isGreaterThanOrEqualTo(500);
                    assertThat(refused.json().getString("message")).isNotBlank();
                });
                assertThat(second.isAlive()).isTrue();
                assertThat(second.api().get(sandbox).status()).isEqualTo(200);
                all.forEach(replica -> routes.assertListedBy(replica, List.of(sandbox)));
                changedBesides(second, routes);
                routes.put(second, "kept-2");
                routes.sandbox(first);
            } finally {
                SmallDisk.free(second);
            }
            times.from(() -> {});
            times.until("taken", () -> routes.sandbox(second));
            routes.kill(first, sandbox);
            agreed(times, routes);
        }
    }

    @Test
    void noFileDescriptors_makesTheReplicaUnhealthyUntilThereAreSome() {
        FedRoutes routes = fed("files");
        String sandbox = routes.sandbox(first);
        try (FaultTimes times = new FaultTimes("no-descriptors")) {
            times.until("before", () -> routes.assertAgreedBy(all));
            times.from(() -> OpenFiles.noMore(first));
            try {
                times.until("not_routable",
                        () -> MembersSeen.assertNotRoutable(List.of(second, third), List.of(first)));
                assertThat(first.isAlive()).isTrue();
                changedBesides(first, routes);
                List.of(second, third).forEach(replica -> routes.assertListedBy(replica, List.of(sandbox)));
            } finally {
                times.from(() -> OpenFiles.plenty(first));
            }
            times.until("healthy", () -> assertThat(first.isHealthy()).isTrue());
            agreed(times, routes);
        }
    }

    private FedRoutes fed(String namespace) {
        FedRoutes routes = FedRoutes.onEach(all, namespace);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> routes.assertAgreedBy(all));
        return routes;
    }

    /// What a faulty replica should have heard; the others agree on it at once, and still have what the faulty one owns.
    private void changedBesides(ReplicaProcess faulty, FedRoutes routes) {
        List<ReplicaProcess> others = cluster.others(faulty);
        others.forEach(routes::change);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> routes.assertAgreedBy(others));
    }

    private void agreed(FaultTimes times, FedRoutes routes) {
        times.until("agreed", () -> routes.assertAgreedBy(all));
        times.until("all_routable", () -> MembersSeen.assertRoutable(all));
        routes.assertAgreedBy(all);
    }
}
