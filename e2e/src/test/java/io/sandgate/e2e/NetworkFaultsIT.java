package io.sandgate.e2e;

import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.FaultTimes;
import io.sandgate.e2e.harness.FedRoutes;
import io.sandgate.e2e.harness.MembersSeen;
import io.sandgate.e2e.harness.NetworkNamespaces;
import io.sandgate.e2e.harness.ReplicaProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.awaitility.Awaitility.await;

/// Five replicas over mutual TLS whose network is cut: each part serves what it has, and after it all agree.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class NetworkFaultsIT {

    /// Longer than the ten seconds within which a member counts as heard.
    private static final Duration DEAD = Duration.ofSeconds(12);
    /// From when two do not hear each other any more until what the one owns would be cleared: it leaves the view, which is
    /// to be without a change for ten seconds, and the sweeper looks every five.
    private static final Duration SWEPT = Duration.ofSeconds(22);
    private static final NetworkNamespaces network = NetworkNamespaces.of(5).tryingAgainSoon();

    /// Five that start at once keep a small machine busy for longer than an event loop may be.
    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.of(5).in(network)
            .set(timers()).expectInLogs("has been blocked for");

    /// Half of the usual ones, so that each cut is noticed, and over, twice as soon.
    private static Map<String, String> timers() {
        return Map.of("cluster.dead-timeout", DEAD.toSeconds() + "s", "cluster.routable-timeout", "2500ms",
                "cluster.heartbeat", "500ms", "cluster.failure-timeout", "4s", "cluster.failure-interval", "1s",
                "cluster.merge-min", "500ms", "cluster.merge-max", "1s");
    }

    private final List<ReplicaProcess> all = cluster.replicas();
    private final List<ReplicaProcess> three = all.subList(0, 3);
    private final List<ReplicaProcess> two = all.subList(3, 5);

    @AfterEach
    void mend() {
        network.mend();
    }

    @Test
    void partition_ofTwoFromThree_isServedOnBothSidesAndAgreedUponAfterIt() {
        FedRoutes routes = fed("full");
        try (FaultTimes times = new FaultTimes("partition-full")) {
            times.from(() -> network.split(4, 5));
            routes.change(cluster.replica(1));
            routes.change(cluster.replica(4));
            times.until("not_routable", () -> {
                MembersSeen.assertNotRoutable(three, two);
                MembersSeen.assertNotRoutable(two, three);
            });
            times.until("views_apart", () -> {
                MembersSeen.assertTogether(three);
                MembersSeen.assertTogether(two);
            });
            three.forEach(replica -> {
                routes.assertServedBy(replica, "new-1", "kept-1", "kept-3", "kept-4", "kept-5", "gone-4");
                routes.assertNotServedBy(replica, "gone-1", "new-4");
            });
            two.forEach(replica -> {
                routes.assertServedBy(replica, "new-4", "kept-1", "kept-3", "kept-4", "kept-5", "gone-1");
                routes.assertNotServedBy(replica, "gone-4", "new-1");
            });

            times.from(network::mend);
            agreed(times, routes);
        }
    }

    @Test
    void partition_longerThanTheDeadTimeout_isSweptByTheLargerSideAndWhatLivesIsBack() {
        FedRoutes routes = new FedRoutes("swept");
        List<String> ofThree = three.stream().map(routes::sandbox).toList();
        List<String> ofTwo = two.stream().map(routes::sandbox).toList();
        String killed = routes.sandbox(cluster.replica(4));
        try (FaultTimes times = new FaultTimes("partition-swept")) {
            times.until("before", () -> routes.assertAgreedBy(all));
            times.from(() -> network.split(4, 5));
            times.until("swept", () -> three.forEach(replica -> routes.assertNotListedBy(replica, ofTwo)));
            three.forEach(replica -> routes.assertListedBy(replica, ofThree));
            two.forEach(replica -> {
                routes.assertListedBy(replica, ofThree);
                routes.assertListedBy(replica, ofTwo);
            });
            routes.kill(cluster.replica(4), killed);
            three.forEach(routes::sandbox);
            two.forEach(routes::sandbox);

            times.from(network::mend);
            agreed(times, routes);
        }
    }

    @Test
    void cut_ofTwoOfFive_isServedByBothAndHealedThroughTheOthers() {
        FedRoutes routes = fed("two");
        ReplicaProcess one = bystanders().getFirst();
        ReplicaProcess other = bystanders().getLast();
        try (FaultTimes times = new FaultTimes("cut-of-two")) {
            times.from(() -> network.cut(host(one), host(other)));
            routes.change(one);
            routes.change(other);
            times.until("not_routable", () -> {
                MembersSeen.assertNotRoutable(List.of(one), List.of(other));
                MembersSeen.assertNotRoutable(List.of(other), List.of(one));
            });
            // what one of the two missed reaches it through the others
            times.until("agreed_during", () -> routes.assertAgreedBy(all));

            times.from(network::mend);
            agreed(times, routes);
        }
    }

    @Test
    void cut_betweenTheSweeperAndAnotherForLong_clearsNothingOfOneThatTheRestReaches() {
        assertNothingIsClearedInACut("sweeper", cluster.replica(1), bystanders().getLast());
    }

    /// The coordinator drops the other one from the view of all, and the rest still reaches it.
    @Test
    void cut_betweenTheCoordinatorAndAnotherForLong_clearsNothingOfOneThatTheRestReaches() {
        assertNothingIsClearedInACut("coordinator", coordinator(), bystanders().getLast());
    }

    private void assertNothingIsClearedInACut(String name, ReplicaProcess one, ReplicaProcess other) {
        FedRoutes routes = new FedRoutes(name);
        List<String> sandboxes = List.of(routes.sandbox(one), routes.sandbox(other));
        try (FaultTimes times = new FaultTimes("cut-from-" + name)) {
            times.until("before", () -> routes.assertAgreedBy(all));
            times.from(() -> network.cut(host(one), host(other)));
            times.until("not_routable", () -> MembersSeen.assertNotRoutable(List.of(one), List.of(other)));
            holdsFor(SWEPT, () -> all.forEach(replica -> routes.assertListedBy(replica, sandboxes)));

            times.from(network::mend);
            agreed(times, routes);
        }
    }

    /// Replicas but the first that do not coordinate the view.
    private List<ReplicaProcess> bystanders() {
        return all.subList(1, 5).stream().filter(replica -> !coordinates(replica)).toList();
    }

    private ReplicaProcess coordinator() {
        return all.stream().filter(NetworkFaultsIT::coordinates).findFirst().orElseThrow();
    }

    private static boolean coordinates(ReplicaProcess replica) {
        return replica.cluster().getString("view").startsWith(replica.id() + "|");
    }

    private int host(ReplicaProcess replica) {
        return all.indexOf(replica) + 1;
    }

    @Test
    void oneWayCut_ofAllThatOneSends_isAgreedUponAfterIt() {
        FedRoutes routes = fed("deaf");
        ReplicaProcess mute = cluster.replica(5);
        List<ReplicaProcess> others = cluster.others(mute);
        try (FaultTimes times = new FaultTimes("one-way")) {
            times.from(() -> IntStream.rangeClosed(1, 4).forEach(host -> network.cutOneWay(5, host)));
            routes.put(mute, "new-5");
            routes.delete(mute, "gone-5");
            routes.put(cluster.replica(1), "new-1");
            times.until("not_routable", () -> MembersSeen.assertNotRoutable(others, List.of(mute)));
            others.forEach(replica -> routes.assertServedBy(replica, "new-1", "kept-5", "gone-5"));
            routes.assertServedBy(mute, "new-5", "kept-1", "gone-1");

            times.from(network::mend);
            agreed(times, routes);
        }
    }

    @Test
    void loss_ofAFifthOfAllPackets_losesNoRoute() {
        FedRoutes routes = fed("lossy");
        try (FaultTimes times = new FaultTimes("loss-20-percent")) {
            times.from(() -> network.lose(20));
            routes.change(cluster.replica(1));
            routes.change(cluster.replica(4));
            for (int i = 0; i < 100; i++) {
                routes.put(cluster.replica(1 + i % 5), "kept-" + (1 + i % 5));
            }
            times.until("agreed_during", () -> routes.assertAgreedBy(all));

            times.from(network::mend);
            agreed(times, routes);
        }
    }

    /// Asserts what must hold for so long.
    private static void holdsFor(Duration time, ThrowingRunnable assertion) {
        await().during(time).atMost(time.plusSeconds(10)).pollInterval(Duration.ofMillis(500))
                .untilAsserted(assertion);
    }

    private FedRoutes fed(String namespace) {
        FedRoutes routes = FedRoutes.onEach(all, namespace);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> routes.assertAgreedBy(all));
        return routes;
    }

    private void agreed(FaultTimes times, FedRoutes routes) {
        times.until("agreed", () -> routes.assertAgreedBy(all));
        times.until("all_routable", () -> MembersSeen.assertRoutable(all));
        routes.assertAgreedBy(all);
    }
}
