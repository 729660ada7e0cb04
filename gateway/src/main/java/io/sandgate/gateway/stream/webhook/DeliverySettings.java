package io.sandgate.gateway.stream.webhook;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How events are delivered to webhooks.
///
/// @param timeout of one request, from the name's resolution to the head of the answer
/// @param attempts for one event at most
/// @param patience no retry of an event comes later than so long after its first attempt
/// @param firstBackoff longest wait after the first failure; doubles with each further one
/// @param mostBackoff longest wait after many
/// @param atOnce requests in flight, whole process
/// @param troubledAtOnce of them to receivers that failed or were slow last time
/// @param teamAtOnce of them for one team
/// @param retryShare retries for each first attempt, whole process
/// @param retryFloor retries a second that are free besides, whole process
/// @param disableAfter how long a webhook fails without a success until it is disabled
public record DeliverySettings(Duration timeout, int attempts, Duration patience, Duration firstBackoff,
        Duration mostBackoff, int atOnce, int troubledAtOnce, int teamAtOnce, double retryShare, double retryFloor,
        Duration disableAfter) {

    /// What is used where nothing else is said.
    public static final DeliverySettings DEFAULT = new DeliverySettings(Duration.ofSeconds(10), 8,
            Duration.ofMinutes(15), Duration.ofSeconds(5), Duration.ofMinutes(5), 16, 8, 4, 0.2, 1,
            Duration.ofDays(1));

    public DeliverySettings {
        if (!timeout.isPositive() || attempts < 1 || !patience.isPositive() || !firstBackoff.isPositive()
                || mostBackoff.compareTo(firstBackoff) < 0 || !disableAfter.isPositive()) {
            throw new IllegalArgumentException("webhooks: timeout " + timeout + ", " + attempts + " attempts, patience "
                    + patience + ", back-off " + firstBackoff + " to " + mostBackoff + ", disabled after "
                    + disableAfter + " (expected: all more than nothing, a growing back-off)");
        }
        if (teamAtOnce < 1 || troubledAtOnce < 1 || atOnce <= troubledAtOnce || retryShare < 0 || retryFloor <= 0) {
            throw new IllegalArgumentException("webhooks: " + atOnce + " at once, " + troubledAtOnce + " troubled, "
                    + teamAtOnce + " of a team, retries " + retryShare + " and " + retryFloor
                    + "/s (expected: more at once than troubled ones, some retries)");
        }
    }

    /// How long nothing was tried until what failed before says nothing any more.
    Duration quiet() {
        return disableAfter.compareTo(patience) < 0 ? patience : disableAfter;
    }

    /// A wait after so many failures in a row: at random in the upper half of a bound that doubles.
    Duration backoff(int failures, RandomGenerator random) {
        Duration bound = firstBackoff;
        for (int failure = 1; failure < failures && bound.compareTo(mostBackoff) < 0; failure++) {
            bound = bound.multipliedBy(2);
        }
        long nanos = Math.min(bound.toNanos(), mostBackoff.toNanos());
        return Duration.ofNanos(nanos / 2 + random.nextLong(nanos / 2 + 1));
    }
}
