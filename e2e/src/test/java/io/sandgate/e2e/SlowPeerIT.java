package io.sandgate.e2e;

import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.FaultTimes;
import io.sandgate.e2e.harness.FedRoutes;
import io.sandgate.e2e.harness.MembersSeen;
import io.sandgate.e2e.harness.NetworkNamespaces;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.sandgate.e2e.harness.SlowWire;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Three replicas over mutual TLS, one of which the others reach late: it agrees for as long as requests come through in
/// their time, and again when they do.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class SlowPeerIT {

    private static final NetworkNamespaces network = NetworkNamespaces.of(3);

    @AutoClose
    private static final SlowWire wire = new SlowWire(network);

    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.of(3).in(network)
            .each(plan -> plan.id().equals("replica-3") ? wire.before(plan) : plan)
            .expectInLogs("has been blocked for");

    private final List<ReplicaProcess> all = cluster.replicas();

    @Test
    void delayOfThirtyMillisecondsEachWay_isAgreedUponWhileItLasts() {
        FedRoutes routes = FedRoutes.onEach(all, "late");
        try (FaultTimes times = new FaultTimes("delay-30ms")) {
            times.until("before", () -> routes.assertAgreedBy(all));
            wire.delay(30);
            times.from(() -> all.forEach(routes::change));
            times.until("agreed_during", () -> routes.assertAgreedBy(all));
            wire.delay(0);
        }
    }

    @Test
    void delayBeyondTheTimeout_holdsUpNobodyElseAndIsAgreedUponAfterIt() {
        FedRoutes routes = FedRoutes.onEach(all, "later");
        List<ReplicaProcess> others = all.subList(0, 2);
        try (FaultTimes times = new FaultTimes("delay-1s")) {
            times.until("before", () -> routes.assertAgreedBy(all));
            wire.delay(1_000);
            times.from(() -> others.forEach(routes::change));
            times.until("others_agreed", () -> routes.assertAgreedBy(others));
            MembersSeen.assertRoutable(all);

            times.from(() -> wire.delay(0));
            times.until("agreed", () -> routes.assertAgreedBy(all));
        }
    }
}
