package io.sandgate.gateway.shard.session;

import io.sandgate.gateway.shard.protocol.Compression;
import java.time.Duration;
import java.util.Set;

/// How sessions connect and what they hand on.
///
/// @param token the bot's, a secret
/// @param intents which kinds of events are asked for
/// @param largeThreshold from how many members on a guild comes without those who are offline
/// @param compression of what the upstream sends
/// @param maxMessage the most bytes a message may have, decompressed
/// @param events the types that are handed on; all when empty
/// @param dialTimeout until a connection is open
/// @param helloTimeout until HELLO came on it
/// @param readyTimeout until READY came after IDENTIFY
/// @param resumeTimeout until the next event or RESUMED came after RESUME
/// @param spread the longest wait before the first dial after a connection that had held
/// @param backoff the longest wait before the dial after the first failure; it doubles with each further one
/// @param maxBackoff the longest wait of all
/// @param stableAfter a connection that held for so long had not failed
/// @param recordLife after how long without a connection a session is not resumed any more
/// @param handOverTimeout how long a shard that is given away waits for what the sink has not accepted
/// @param sendLimit payloads in a window over one connection
/// @param sendWindow that window
public record SessionSettings(String token, long intents, int largeThreshold, Compression compression, int maxMessage,
        Set<String> events, Duration dialTimeout, Duration helloTimeout, Duration readyTimeout, Duration resumeTimeout,
        Duration spread, Duration backoff, Duration maxBackoff, Duration stableAfter, Duration recordLife,
        Duration handOverTimeout, int sendLimit, Duration sendWindow) {

    public SessionSettings {
        events = Set.copyOf(events);
    }

    /// Without the token.
    @Override
    public String toString() {
        return "intents " + intents + ", " + compression + ", events " + (events.isEmpty() ? "all" : events);
    }
}
