package io.sandgate.e2e.harness;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a replica is started with.
///
/// @param id its name
/// @param publicPort of its public listener; all listeners bind 127.0.0.1
/// @param peerPort of its peer listener
/// @param adminPort of its admin listener
/// @param clusterPort of its cluster listener
/// @param data its data directory
/// @param log where its output goes
/// @param settings further settings, without the leading `sandgate.`
public record ReplicaPlan(String id, int publicPort, int peerPort, int adminPort, int clusterPort, Path data, Path log,
        Map<String, String> settings) {

    /// A replica on free ports.
    public static ReplicaPlan free(String id, Path data, Path log, Map<String, String> settings) {
        return new ReplicaPlan(id, FreePorts.take(), FreePorts.take(), FreePorts.take(), FreePorts.take(), data, log,
                settings);
    }

    /// The same replica with another setting.
    public ReplicaPlan with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(settings);
        more.put(name, value);
        return new ReplicaPlan(id, publicPort, peerPort, adminPort, clusterPort, data, log, more);
    }

    /// The arguments of the program.
    public List<String> arguments() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("replica.id", id);
        all.put("data.dir", data.toString());
        all.put("public.port", Integer.toString(publicPort));
        all.put("peer.port", Integer.toString(peerPort));
        all.put("admin.port", Integer.toString(adminPort));
        all.put("cluster.port", Integer.toString(clusterPort));
        all.putAll(settings);
        List<String> arguments = new ArrayList<>(List.of("serve"));
        all.forEach((name, value) -> arguments.addAll(List.of("--set", name + "=" + value)));
        return arguments;
    }
}
