package io.sandgate.gateway.stream.replicate;

import java.time.Duration;

/// The bounds of replication.
///
/// @param entries in one parcel at most
/// @param bytes of JSON in one parcel at most, but for one entry; on the wire it may be twice as much
/// @param tellAfter how many entries that are of no interest to a peer are passed over before it is told so
/// @param timeout of one request
/// @param backoff the longest wait after the first failure; it doubles with each further one
/// @param maxBackoff the longest wait after any failure
/// @param maxInFlight requests to peers in flight, all together
public record ReplicationSettings(int entries, int bytes, int tellAfter, Duration timeout, Duration backoff,
        Duration maxBackoff, int maxInFlight) {

    /// What is well for most clusters.
    public static final ReplicationSettings DEFAULT = new ReplicationSettings(512, 256 << 10, 4_096,
            Duration.ofSeconds(5), Duration.ofMillis(100), Duration.ofSeconds(5), 16);

    public ReplicationSettings {
        atLeastOne("entries", entries);
        atLeastOne("bytes", bytes);
        atLeastOne("tellAfter", tellAfter);
        atLeastOne("maxInFlight", maxInFlight);
        if (backoff.isNegative() || backoff.isZero() || maxBackoff.compareTo(backoff) < 0) {
            throw new IllegalArgumentException(
                    "backoff: " + backoff + " to " + maxBackoff + " (expected: more than none, and not falling)");
        }
    }

    private static void atLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: 1 or more)");
        }
    }

    /// The longest wait after so many failures in a row.
    Duration backoffAfter(int failures) {
        Duration doubled = backoff.multipliedBy(1L << Math.clamp(failures - 1, 0, 20));
        return doubled.compareTo(maxBackoff) < 0 ? doubled : maxBackoff;
    }
}
