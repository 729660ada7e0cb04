package io.sandgate.sandbox.driver.process;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A bounded number of attempts with growing pauses between them. The bound is the sum of the pauses.
final class Rounds {

    private long pause = TimeUnit.MICROSECONDS.toNanos(500);
    private final long longest;
    private long left;

    /// @param atMost all pauses together
    /// @param longest one pause
    Rounds(Duration atMost, Duration longest) {
        this.left = atMost.toNanos();
        this.longest = longest.toNanos();
    }

    /// The pause before the next attempt; zero or less when the time is over.
    long nextNanos() {
        long nanos = Math.min(pause, left);
        left -= nanos;
        pause = Math.min(pause * 2, longest);
        return nanos;
    }

    /// Waits for the next attempt.
    ///
    /// @return false when the time is over
    boolean next() {
        long nanos = nextNanos();
        if (nanos <= 0) {
            return false;
        }
        LockSupport.parkNanos(nanos);
        return true;
    }
}
