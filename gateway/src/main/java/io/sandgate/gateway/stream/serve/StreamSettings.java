package io.sandgate.gateway.stream.serve;

import io.sandgate.gateway.stream.pump.PumpSettings;
import java.time.Duration;

/// The bounds of the stream.
///
/// @param max subscribers of this replica at once
/// @param stall after how long a subscriber is cut off that takes nothing of what waits for it
/// @param ping between two pings to a WebSocket
/// @param pong after how long a WebSocket is cut off that neither answered a ping nor took anything
/// @param closing how long a socket has for the close handshake
/// @param spacing between two wakes of the subscribers of one event loop, at least
/// @param compression whether WebSockets may negotiate permessage-deflate
/// @param pump the bounds of each subscriber's reader
public record StreamSettings(int max, Duration stall, Duration ping, Duration pong, Duration closing, Duration spacing,
        boolean compression, PumpSettings pump) {
    /// As they are unless set.
    public static final StreamSettings DEFAULT = new StreamSettings(20_000, Duration.ofSeconds(10),
            Duration.ofSeconds(5), Duration.ofSeconds(20), Duration.ofSeconds(2), Duration.ofMillis(4), false,
            PumpSettings.DEFAULT);
}
