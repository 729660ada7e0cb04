package io.sandgate.gateway.shard.sink;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long to wait after failures in a row: at random up to a bound that doubles with each, so that many who failed together
/// do not come back together.
///
/// @param first the bound after the first failure
/// @param most the bound after many
public record Backoff(Duration first, Duration most) {

    public Backoff {
        if (!first.isPositive() || most.compareTo(first) < 0) {
            throw new IllegalArgumentException(
                    "back-off: " + first + " to " + most + " (expected: more than nothing, growing)");
        }
    }

    /// The longest wait after so many failures.
    public Duration bound(int failures) {
        Duration bound = first;
        for (int failure = 1; failure < failures && bound.compareTo(most) < 0; failure++) {
            bound = bound.multipliedBy(2);
        }
        return bound.compareTo(most) < 0 ? bound : most;
    }

    /// A wait after so many failures.
    public Duration draw(int failures, RandomGenerator random) {
        return Duration.ofNanos(random.nextLong(bound(failures).toNanos() + 1));
    }
}
