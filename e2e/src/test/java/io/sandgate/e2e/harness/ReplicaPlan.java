package io.sandgate.e2e.harness;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a replica is started with.
///
/// @param id its name
/// @param host where it runs, and the addresses that its listeners bind
/// @param publicPort of its public listener
/// @param peerPort of its peer listener
/// @param adminPort of its admin listener
/// @param clusterPort of its cluster listener
/// @param data its data directory
/// @param log where its output goes
/// @param settings further settings, without the leading `sandgate.`
public record ReplicaPlan(String id, ReplicaHost host, int publicPort, int peerPort, int adminPort, int clusterPort,
        Path data, Path log, Map<String, String> settings) {

    /// A replica on free ports of 127.0.0.1.
    public static ReplicaPlan free(String id, Path data, Path log, Map<String, String> settings) {
        return new ReplicaPlan(id, ReplicaHost.LOOPBACK, FreePorts.take(), FreePorts.take(), FreePorts.take(),
                FreePorts.take(), data, log, settings);
    }

    /// The same replica elsewhere.
    public ReplicaPlan at(ReplicaHost elsewhere) {
        return new ReplicaPlan(id, elsewhere, publicPort, peerPort, adminPort, clusterPort, data, log, settings);
    }

    /// The same replica with another setting.
    public ReplicaPlan with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(settings);
        more.put(name, value);
        return new ReplicaPlan(id, host, publicPort, peerPort, adminPort, clusterPort, data, log, more);
    }

    /// The arguments of the program.
    public List<String> arguments() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("replica.id", id);
        all.put("data.dir", data.toString());
        all.put("public.host", host.management());
        all.put("peer.host", host.data());
        all.put("admin.host", host.management());
        all.put("cluster.host", host.data());
        all.put("public.port", Integer.toString(publicPort));
        all.put("peer.port", Integer.toString(peerPort));
        all.put("admin.port", Integer.toString(adminPort));
        all.put("cluster.port", Integer.toString(clusterPort));
        // where the tests themselves answer for sandboxes, they do so on the machine: isolated() is for the others
        all.put("sandbox.isolation", "off");
        all.putAll(MachineShare.addresses());
        all.putAll(settings);
        List<String> arguments = new ArrayList<>(List.of("serve"));
        all.forEach((name, value) -> arguments.addAll(List.of("--set", name + "=" + value)));
        return arguments;
    }
}
