package io.sandgate.gateway.stream.pump;

import java.time.Duration;

/// The bounds of one [Pump].
///
/// @param turnEvents scanned in one turn, after which others get theirs
/// @param turnBytes of JSON scanned in one turn
/// @param batchBytes of JSON in one write; one event alone may be longer
/// @param storedEvents read from disk at once
/// @param storedBytes of JSON read from disk at once
/// @param quiet after how much time without a frame the subscriber is told its cursor
public record PumpSettings(int turnEvents, int turnBytes, int batchBytes, int storedEvents, int storedBytes,
        Duration quiet) {
    /// As they are unless set.
    public static final PumpSettings DEFAULT = new PumpSettings(256, 256 << 10, 64 << 10, 512, 128 << 10,
            Duration.ofSeconds(15));
}
