package io.sandgate.membership;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// Where the cluster listener binds and whom it looks for.
///
/// @param bind address of the cluster listener: of one interface, since the other members connect to it
/// @param members cluster listeners of all replicas that may run, at most 1,000; the own one is added when it is missing. A
///        partial list can keep halves of a cluster from merging
/// @param name only replicas that give the same name become one cluster
/// @param joinTimeout how long [JGroupsMembership#join] may take
/// @param timers how often members speak, and how long they wait for each other
public record ClusterSettings(Endpoint bind, List<Endpoint> members, String name, Duration joinTimeout,
        ClusterTimers timers) {
    private static final int MOST_MEMBERS = 1_000;

    public ClusterSettings {
        if (members.size() > MOST_MEMBERS) {
            throw new IllegalArgumentException(
                    "sandgate.cluster.members: " + members.size() + " entries (expected: at most " + MOST_MEMBERS
                            + ")");
        }
        if (name.isBlank() || name.length() > 100) {
            throw new IllegalArgumentException(
                    "sandgate.cluster.name: " + Printable.of(name) + " (expected: 1-100 characters)");
        }
        if (joinTimeout.compareTo(timers.discovery()) <= 0) {
            throw new IllegalArgumentException("sandgate.cluster.join-timeout: " + joinTimeout
                    + " (expected: more than sandgate.cluster.discovery-timeout, " + timers.discovery() + ")");
        }
        members = Stream.concat(Stream.of(bind), members.stream()).distinct().toList();
    }

    /// The defaults for a static list of cluster listeners.
    public static ClusterSettings of(Endpoint bind, List<Endpoint> members) {
        return new ClusterSettings(bind, members, "sandgate", Duration.ofSeconds(30), ClusterTimers.tuned());
    }
}
