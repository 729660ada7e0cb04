package io.sandgate.membership;

import java.time.Duration;

/// How often members speak, and how long they wait for each other.
///
/// @param heartbeat time between two announcements of the same member
/// @param discovery how long a starting replica waits for answers from the listed members, and for each answer to join
/// @param failureTimeout a member that was silent for so long is suspected
/// @param failureInterval time between two signs of life on the level of the group
/// @param verify how long a suspected member has to contradict; a dead one is removed after one to two of these
/// @param mergeMin shortest time between two looks for other halves of the cluster
/// @param mergeMax longest time between two looks for other halves of the cluster
/// @param routable a member that said nothing healthy for longer is not given traffic
/// @param dead a member that said nothing healthy for longer is dead: what it owned may be taken from it
public record ClusterTimers(Duration heartbeat, Duration discovery, Duration failureTimeout, Duration failureInterval,
        Duration verify, Duration mergeMin, Duration mergeMax, Duration routable, Duration dead) {

    public ClusterTimers {
        positive("heartbeat", heartbeat);
        positive("discovery-timeout", discovery);
        positive("failure-timeout", failureTimeout);
        positive("failure-interval", failureInterval);
        positive("verify-timeout", verify);
        positive("merge-min", mergeMin);
        positive("merge-max", mergeMax);
        positive("routable-timeout", routable);
        positive("dead-timeout", dead);
        longer("failure-timeout", failureTimeout, "failure-interval", failureInterval);
        longer("merge-max", mergeMax, "merge-min", mergeMin);
        longerThanTwo("routable-timeout", routable, "heartbeat", heartbeat);
        longerThanTwo("dead-timeout", dead, "routable-timeout", routable);
    }

    /// The values that were measured: a dead process is seen after 0.5 to 1 s, a hung one after 8 to 11 s, and halves find
    /// each other within 5 s. They bear pauses of 6 s and a loss of one packet in five without a false alarm.
    public static ClusterTimers tuned() {
        return new ClusterTimers(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(8),
                Duration.ofSeconds(2), Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(2),
                Duration.ofSeconds(5),
                Duration.ofSeconds(60));
    }

    private static void positive(String name, Duration value) {
        if (value.toMillis() < 1 || value.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("sandgate.cluster." + name + ": " + value + " (expected: 1ms-1h)");
        }
    }

    private static void longerThanTwo(String name, Duration value, String otherName, Duration other) {
        if (value.compareTo(other.plus(other)) <= 0) {
            throw new IllegalArgumentException("sandgate.cluster." + name + ": " + value
                    + " (expected: more than twice sandgate.cluster." + otherName + ", " + other + ")");
        }
    }

    private static void longer(String name, Duration value, String otherName, Duration other) {
        if (value.compareTo(other) <= 0) {
            throw new IllegalArgumentException("sandgate.cluster." + name + ": " + value + " (expected: more than "
                    + "sandgate.cluster." + otherName + ", " + other + ")");
        }
    }
}
