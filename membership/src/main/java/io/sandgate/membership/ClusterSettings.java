package io.sandgate.membership;

import java.time.Duration;
import java.util.List;

/// Where the cluster listener binds and whom it looks for.
///
/// @param bind address of the cluster listener: of one interface, since the other members connect to it
/// @param discovery how the others are found; the own listener is added to a list when it is missing
/// @param name only replicas that give the same name become one cluster
/// @param joinTimeout after how long a replica that is not let in says so in the log; it goes on trying
/// @param timers how often members speak, and how long they wait for each other
public record ClusterSettings(Endpoint bind, Discovery discovery, String name, Duration joinTimeout,
        ClusterTimers timers) {

    public ClusterSettings {
        if (name.isBlank() || name.length() > 100) {
            throw new IllegalArgumentException(
                    "sandgate.cluster.name: " + Printable.of(name) + " (expected: 1-100 characters)");
        }
        if (joinTimeout.compareTo(timers.discovery()) <= 0) {
            throw new IllegalArgumentException("sandgate.cluster.join-timeout: " + joinTimeout
                    + " (expected: more than sandgate.cluster.discovery-timeout, " + timers.discovery() + ")");
        }
        discovery = discovery instanceof Discovery.Listed listed ? listed.including(bind) : discovery;
    }

    /// The defaults for a static list of cluster listeners.
    public static ClusterSettings of(Endpoint bind, List<Endpoint> members) {
        return new ClusterSettings(bind, new Discovery.Listed(members), "sandgate", Duration.ofSeconds(10),
                ClusterTimers.tuned());
    }
}
