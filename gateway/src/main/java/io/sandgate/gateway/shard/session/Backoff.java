package io.sandgate.gateway.shard.session;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long to wait before the next dial: a time chosen evenly between none and a bound that doubles with each failure ("full
/// jitter", M. Brooker, 2015), and a short one after a connection that had held.
final class Backoff {
    private static final int MOST_DOUBLINGS = 20;

    private final SessionSettings settings;
    private final RandomGenerator random;
    /// Dials since a connection held.
    private int dials;

    Backoff(SessionSettings settings, RandomGenerator random) {
        this.settings = settings;
        this.random = random;
    }

    /// The wait before the next dial, which counts as a failure if another one follows without [#held()].
    Duration next() {
        Duration bound = settings.spread();
        if (dials > 0) {
            Duration doubled = settings.backoff().multipliedBy(1L << Math.min(dials - 1, MOST_DOUBLINGS));
            bound = doubled.compareTo(settings.maxBackoff()) < 0 ? doubled : settings.maxBackoff();
        }
        dials++;
        return Duration.ofNanos((long) (random.nextDouble() * bound.toNanos()));
    }

    /// A connection held for long enough: what comes next is the first dial again.
    void held() {
        dials = 0;
    }

    /// How many dials in a row came to nothing, or to a connection that did not hold.
    int failures() {
        return Math.max(0, dials - 1);
    }
}
