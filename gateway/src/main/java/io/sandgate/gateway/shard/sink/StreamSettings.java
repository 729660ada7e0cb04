package io.sandgate.gateway.shard.sink;

import java.time.Duration;

/// How events of the shards come into the event stream.
///
/// @param maxEvents of a batch
/// @param maxBytes of a batch, if it is not a single event that has more
/// @param maxData the bytes of an event's `d` above which it is left out; an entry of the stream with that much must be taken
/// @param timeout until a batch is stored
/// @param backoff between attempts
public record StreamSettings(int maxEvents, int maxBytes, int maxData, Duration timeout, Backoff backoff) {
    /// A thousand at a time; `d` of up to 240 KiB.
    public static final StreamSettings DEFAULT = new StreamSettings(1_000, 1 << 20, 240 << 10, Duration.ofSeconds(10),
            new Backoff(Duration.ofMillis(100), Duration.ofSeconds(10)));
}
