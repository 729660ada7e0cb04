package io.sandgate.gateway.connection;

import java.time.Duration;

/// Bounds of connections.
///
/// @param maxRooms how many rooms one connection may be in
/// @param deadline after which no further attempt is made to hand a message to the replica that holds its connection
/// @param requestTimeout of one attempt
/// @param outboxMessages how many messages wait for one replica at most
/// @param outboxBytes how many characters these have at most
/// @param batchMessages how many messages one request has at most
/// @param batchBytes how many characters these have at most, but for one message
/// @param assertAfter how long a row that others cleared is left alone, so that a newer one of the client can arrive
public record ConnectionSettings(int maxRooms, Duration deadline, Duration requestTimeout, int outboxMessages,
        long outboxBytes, int batchMessages, long batchBytes, Duration assertAfter) {
    /// 64 rooms; 2 s, 500 ms; 10,000 messages, 16 MiB; 256 messages, 1 MiB; 250 ms.
    public static final ConnectionSettings DEFAULT = new ConnectionSettings(64, Duration.ofSeconds(2),
            Duration.ofMillis(500), 10_000, 16 << 20, 256, 1 << 20, Duration.ofMillis(250));
}
