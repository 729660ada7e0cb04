package io.sandgate.e2e;

import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.FaultTimes;
import io.sandgate.e2e.harness.FedRoutes;
import io.sandgate.e2e.harness.MembersSeen;
import io.sandgate.e2e.harness.NetworkNamespaces;
import io.sandgate.e2e.harness.ReplicaProcess;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Five replicas over mutual TLS whose network is cut: each part serves what it has, and after it all agree.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class NetworkFaultsIT {

    private static final NetworkNamespaces network = NetworkNamespaces.of(5);

    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.of(5).in(network);

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
            changedDuring(routes);
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

    /// On each replica a route that stays and one that a test may delete, known to all.
    private FedRoutes fed(String namespace) {
        FedRoutes routes = new FedRoutes(namespace);
        for (ReplicaProcess replica : all) {
            routes.put(replica, "kept-" + number(replica));
            routes.put(replica, "gone-" + number(replica));
        }
        try (FaultTimes times = new FaultTimes("none-before-" + namespace)) {
            agreed(times, routes);
        }
        return routes;
    }

    /// A new route, a changed one and a deleted one on the first and on the fourth replica.
    private void changedDuring(FedRoutes routes) {
        for (ReplicaProcess replica : List.of(cluster.replica(1), cluster.replica(4))) {
            routes.put(replica, "new-" + number(replica));
            routes.put(replica, "kept-" + number(replica));
            routes.delete(replica, "gone-" + number(replica));
        }
    }

    private void agreed(FaultTimes times, FedRoutes routes) {
        times.until("agreed", () -> routes.assertAgreedBy(all));
        times.until("all_routable", () -> MembersSeen.assertRoutable(all));
        routes.assertAgreedBy(all);
    }

    private static String number(ReplicaProcess replica) {
        return replica.id().substring("replica-".length());
    }
}
