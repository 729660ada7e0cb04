package io.sandgate.gateway.shard.protocol;

import java.time.Duration;

/// How many sessions a bot may start, as the upstream said at one moment. RESUMEs are not counted.
///
/// @param total starts in one period, a day
/// @param remaining starts left in the present one
/// @param resetAfter until the next period
/// @param maxConcurrency how many identify windows there are: each lets one shard in at a time
public record SessionStartLimit(int total, int remaining, Duration resetAfter, int maxConcurrency) {

    public SessionStartLimit {
        if (total < 0 || remaining < 0 || resetAfter.isNegative() || maxConcurrency < 1) {
            throw new IllegalArgumentException(
                    "session start limit: " + remaining + " of " + total + " in " + resetAfter
                            + ", " + maxConcurrency + " at once (expected: nothing negative, at least one at once)");
        }
    }
}
