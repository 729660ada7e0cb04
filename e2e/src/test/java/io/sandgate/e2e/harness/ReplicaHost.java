package io.sandgate.e2e.harness;

import java.util.ArrayList;
import java.util.List;

/// Where a replica runs.
///
/// @param data the address that its cluster and peer listeners bind
/// @param management the address that its public and admin listeners bind; tests reach it whatever is cut
/// @param launcher the words before the command that starts it
public record ReplicaHost(String data, String management, List<String> launcher) {

    /// This machine's loopback interface.
    static final ReplicaHost LOOPBACK = new ReplicaHost("127.0.0.1", "127.0.0.1", List.of());

    public ReplicaHost {
        launcher = List.copyOf(launcher);
    }

    /// The same host, whose replica is started by further words: they come last before the command.
    public ReplicaHost through(String... words) {
        List<String> more = new ArrayList<>(launcher);
        more.addAll(List.of(words));
        return new ReplicaHost(data, management, more);
    }
}
