package io.sandgate.proxy.replicate;

import java.time.Duration;

/// What a replica may spend on telling its peers.
///
/// @param requestTimeout one attempt
/// @param attempts how often a request is tried in all
/// @param backoff the sleep before the second attempt, before jitter
/// @param backoffFactor what each further sleep grows by
/// @param jitter how far a sleep may be off, as a fraction of it
/// @param peerDeadline all attempts for one peer together
/// @param maxInFlight requests to peers in flight, whole process
/// @param maxInFlightSlow how many of them may be for slow peers
/// @param callerWait how long a caller waits for all healthy peers
/// @param slowAfter after how many failed or late requests in a row a peer is slow
/// @param probeEvery how often a slow peer is tried
/// @param outboxCapacity routes that wait for one peer
/// @param batchRoutes routes in one request
/// @param batchBytes bytes of routes in one request; below the 1 MiB that a peer accepts
public record SyncBudget(Duration requestTimeout, int attempts, Duration backoff, double backoffFactor, double jitter,
        Duration peerDeadline, int maxInFlight, int maxInFlightSlow, Duration callerWait, int slowAfter,
        Duration probeEvery,
        int outboxCapacity, int batchRoutes, int batchBytes) {

    /// The defaults of the design.
    public static final SyncBudget DEFAULT = new SyncBudget(Duration.ofMillis(200), 3, Duration.ofMillis(20), 2, 0.5,
            Duration.ofMillis(600), 64, 8, Duration.ofMillis(50), 3, Duration.ofSeconds(1), 100_000, 1_000, 256 * 1024);

    private static final int MAX_ATTEMPTS = 10;
    /// What a peer accepts in one request.
    private static final int MAX_BATCH_BYTES = 1024 * 1024;

    public SyncBudget {
        atLeast("request-timeout", requestTimeout, Duration.ofMillis(1));
        atLeast("attempts", attempts, 1);
        if (attempts > MAX_ATTEMPTS) {
            throw new IllegalArgumentException(
                    "sandgate.sync.attempts: " + attempts + " (expected: at most " + MAX_ATTEMPTS + ")");
        }
        atLeast("backoff", backoff, Duration.ofMillis(1));
        atLeast("peer-deadline", peerDeadline, requestTimeout);
        atLeast("max-in-flight", maxInFlight, 1);
        atLeast("max-in-flight-slow", maxInFlightSlow, 1);
        atLeast("wait", callerWait, Duration.ofMillis(1));
        if (callerWait.compareTo(peerDeadline) > 0) {
            throw new IllegalArgumentException("sandgate.sync.wait: " + callerWait.toMillis()
                    + "ms (expected: at most sandgate.sync.peer-deadline, " + peerDeadline.toMillis() + "ms)");
        }
        atLeast("slow-after", slowAfter, 1);
        atLeast("probe-every", probeEvery, Duration.ofMillis(1));
        atLeast("outbox-capacity", outboxCapacity, 1);
        atLeast("batch-routes", batchRoutes, 1);
        atLeast("batch-bytes", batchBytes, 1);
        if (batchBytes > MAX_BATCH_BYTES) {
            throw new IllegalArgumentException(
                    "sandgate.sync.batch-bytes: " + batchBytes + " (expected: at most " + MAX_BATCH_BYTES + ")");
        }
        if (!(backoffFactor >= 1)) {
            throw new IllegalArgumentException(
                    "sandgate.sync.backoff-factor: " + backoffFactor + " (expected: at least 1)");
        }
        if (!(jitter >= 0 && jitter <= 1)) {
            throw new IllegalArgumentException("sandgate.sync.jitter: " + jitter + " (expected: 0 to 1)");
        }
        long longest = longestSleeps(attempts, backoff, backoffFactor, jitter);
        if (longest >= requestTimeout.toMillis()) {
            throw new IllegalArgumentException("sandgate.sync.backoff: the longest sleeps of " + attempts
                    + " attempts add up to " + longest + "ms (expected: less than sandgate.sync.request-timeout, "
                    + requestTimeout.toMillis() + "ms); lower backoff, backoff-factor, jitter or attempts");
        }
    }

    /// The sum of the longest sleeps between the attempts, in milliseconds.
    private static long longestSleeps(int attempts, Duration backoff, double factor, double jitter) {
        double sum = 0;
        for (int sleep = 1; sleep < attempts; sleep++) {
            sum += backoff.toMillis() * Math.pow(factor, sleep - 1) * (1 + jitter);
        }
        return (long) Math.ceil(sum);
    }

    private static void atLeast(String name, Duration value, Duration least) {
        if (value.compareTo(least) < 0) {
            throw new IllegalArgumentException("sandgate.sync." + name + ": " + value.toMillis()
                    + "ms (expected: at least " + least.toMillis() + "ms)");
        }
    }

    private static void atLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "sandgate.sync." + name + ": " + value + " (expected: at least " + least + ")");
        }
    }
}
