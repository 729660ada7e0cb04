package io.sandgate.e2e.bench;

import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.Http;
import io.sandgate.e2e.harness.Program;
import io.sandgate.e2e.harness.ReplicaHost;
import io.sandgate.e2e.harness.ReplicaPlan;
import io.sandgate.e2e.harness.ReplicaProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// One replica with its defaults, held to some cores, that was given the routes to the sandboxes.
/// Confined to one thread.
final class SandgateProxy implements AutoCloseable {

    static final String NAME = "Sandgate";

    private final ReplicaProcess replica;
    private final ProxyProcess proxy;
    private boolean loaded;

    private SandgateProxy(ReplicaProcess replica, ProxyProcess proxy) {
        this.replica = replica;
        this.proxy = proxy;
    }

    /// @param name of its directory and log
    static SandgateProxy open(String name, Path directory, List<Integer> cores) {
        ReplicaHost pinned = new ReplicaHost("127.0.0.1", "127.0.0.1",
                List.of("taskset", "-c", cores.stream().map(String::valueOf).collect(Collectors.joining(","))));
        ReplicaPlan plan = ReplicaPlan.free("replica-1", directory.resolve(name),
                Program.logs().resolve("PlaneBench-" + name + ".log"), Map.of("api.keys", ClusterProcesses.KEYS))
                .at(pinned);
        plan.log().toFile().delete();
        Http http = new Http();
        ReplicaProcess replica = new ReplicaProcess(plan, ClusterProcesses.KEY, http);
        replica.start().awaitReady();
        return new SandgateProxy(replica, ProxyProcess.at(NAME, plan.publicPort(), replica.pid(), () -> {
            replica.close();
            http.close();
        }));
    }

    /// Gives it routes to the sandboxes.
    SandgateProxy give(PlaneTargets targets) {
        try (RouteFeeder feeder = RouteFeeder.atPeer(replica)) {
            feeder.giveOwn(0, targets.count(), targets::address);
        }
        return this;
    }

    ReplicaProcess replica() {
        return replica;
    }

    /// The same as what is measured.
    ProxyProcess proxy() {
        return proxy;
    }

    /// Whether it had no load before this was asked.
    boolean firstLoad() {
        boolean first = !loaded;
        loaded = true;
        return first;
    }

    @Override
    public void close() {
        proxy.close();
    }
}
