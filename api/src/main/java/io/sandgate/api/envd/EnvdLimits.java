package io.sandgate.api.envd;

import java.time.Duration;

/// What one sandbox may be asked for at once.
///
/// @param connections open at the same time
/// @param calls under way at the same time, streams among them
/// @param watches streams and watchers together
/// @param message bytes of a request's message, or of an envelope
/// @param messages bytes of long messages that are being read or acted on at the same time
/// @param patience what a call without a stream for an answer may take; copying files has no such limit
/// @param idle after which a connection on which nothing moves is closed
public record EnvdLimits(int connections, int calls, int watches, int message, int messages, Duration patience,
        Duration idle) {

    /// Enough for several SDK processes, each of which has up to 200 connections.
    public static final EnvdLimits DEFAULT = new EnvdLimits(4096, 2048, 256, 4 * 1024 * 1024, 32 * 1024 * 1024,
            Duration.ofMinutes(10),
            Duration.ofSeconds(640));
}
