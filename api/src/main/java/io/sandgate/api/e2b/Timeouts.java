package io.sandgate.api.e2b;

import java.time.Duration;

/// How long sandboxes may be asked to live.
///
/// @param standard the timeout of a call of the second generation that names none
/// @param max the longest timeout
record Timeouts(Duration standard, Duration max) {
    /// E2B's, for calls of the first generation that name none, and the least that a refresh extends to.
    private static final long V1_SECONDS = 15;

    private static final long LEAST_WOKEN_SECONDS = 300;

    static final long MAX_REFRESH_SECONDS = 3_600;

    /// For calls that start a sandbox or extend its life.
    Duration required(long seconds) {
        if (seconds <= 0) {
            throw ApiException.invalid("Timeout must be greater than 0 (timeout: " + seconds + ")");
        }
        if (seconds > max.toSeconds()) {
            throw ApiException.invalid("Timeout cannot be greater than " + words(max) + " (timeout: " + seconds + ")");
        }
        return Duration.ofSeconds(seconds);
    }

    /// For setting a deadline: zero is now, and what is longer than the longest counts as the longest.
    Duration deadline(long seconds) {
        if (seconds < 0) {
            throw ApiException.invalid("timeout: " + seconds + " (expected: a number of seconds, 0 or more)");
        }
        return Duration.ofSeconds(Math.min(seconds, max.toSeconds()));
    }

    /// For keeping a sandbox alive: not below the floor, and an hour at most.
    Duration refresh(long seconds) {
        if (seconds < 0 || seconds > MAX_REFRESH_SECONDS) {
            throw ApiException.invalid("duration: " + seconds + " (expected: 0 to " + MAX_REFRESH_SECONDS
                    + " seconds; POST …/timeout sets a longer one)");
        }
        return Duration.ofSeconds(Math.max(seconds, V1_SECONDS));
    }

    /// For a sandbox that a request wakes: what its maker gave it at create, and five minutes at least, as with E2B.
    Duration woken(Duration atCreate) {
        long seconds = Math.max(atCreate.toSeconds(), LEAST_WOKEN_SECONDS);
        return Duration.ofSeconds(Math.min(seconds, max.toSeconds()));
    }

    /// In seconds, where a call names none.
    ///
    /// @param second whether it is of the second generation
    long standardSeconds(boolean second) {
        return second ? standard.toSeconds() : Math.min(V1_SECONDS, max.toSeconds());
    }

    private static String words(Duration max) {
        if (max.toSeconds() % 3_600 == 0) {
            return max.toHours() + (max.toHours() == 1 ? " hour" : " hours");
        }
        return max.toSeconds() + " seconds";
    }
}
