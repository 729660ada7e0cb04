package io.sandgate.api.e2b;

import java.time.Duration;

/// Bounds of the lifecycle API.
///
/// @param defaultTimeout for calls of the second generation that name none
/// @param maxTimeout the longest timeout that a call may ask for
/// @param maxBody the largest request body, in bytes
/// @param maxCalls calls at once, once for those of clients and once for those that peers forward
/// @param callDeadline when a call that runs here is answered with 504, although it goes on
/// @param forwardDeadline the same for a call that another replica runs, unless that makes sandboxes
/// @param connectTimeout for connections to peers
/// @param peerConnections connections to one peer
/// @param peerWaiting calls that wait for a connection to one peer
/// @param listFanOut peers that one list asks at once
/// @param listDeadline how long a list waits for one peer
public record E2bSettings(Duration defaultTimeout, Duration maxTimeout, int maxBody, int maxCalls,
        Duration callDeadline, Duration forwardDeadline, Duration connectTimeout, int peerConnections, int peerWaiting,
        int listFanOut, Duration listDeadline) {

    /// Below the 60 s in which the SDKs give up, and sandboxes of a day at most.
    public static final E2bSettings DEFAULT = new E2bSettings(Duration.ofMinutes(5), Duration.ofHours(24),
            1 << 20, 256, Duration.ofSeconds(55), Duration.ofSeconds(30), Duration.ofSeconds(1), 32, 256, 16,
            Duration.ofSeconds(2));

    public E2bSettings {
        positive("default-timeout", defaultTimeout);
        positive("max-timeout", maxTimeout);
        positive("call-deadline", callDeadline);
        positive("forward-deadline", forwardDeadline);
        positive("connect-timeout", connectTimeout);
        positive("list-deadline", listDeadline);
        positive("max-body", maxBody);
        positive("max-calls", maxCalls);
        positive("peer-connections", peerConnections);
        positive("peer-waiting", peerWaiting);
        positive("list-fan-out", listFanOut);
    }

    private static void positive(String name, Duration value) {
        if (value.toMillis() < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: 1ms or more)");
        }
    }

    private static void positive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: 1 or more)");
        }
    }
}
