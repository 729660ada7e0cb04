package io.sandgate.api.settings;

import java.time.Duration;
import java.util.List;

/// How a route change is pushed to the peers.
///
/// @param requestTimeout for one attempt
/// @param attempts of one request, the first included
/// @param backoff the sleep before the second attempt
/// @param backoffFactor how much longer each further sleep is
/// @param jitter which part of a sleep is added or taken away at random
/// @param peerDeadline for all attempts to one peer together
/// @param maxInFlight requests to peers in flight, whole process
/// @param maxInFlightSlow how many of those may go to slow peers
/// @param softWait how long a lifecycle call waits for all healthy peers
/// @param slowAfter failed or late requests in a row after which a peer is slow
/// @param probeEvery how often a slow peer is tried
/// @param outboxCapacity routes that may wait for one peer
public record SyncSettings(Duration requestTimeout, int attempts, Duration backoff, double backoffFactor,
        double jitter, Duration peerDeadline, int maxInFlight, int maxInFlightSlow, Duration softWait, int slowAfter,
        Duration probeEvery, int outboxCapacity) {

    static final Setting<Duration> REQUEST_TIMEOUT = Setting.of("sync.request-timeout", Type.duration("1ms", "1m"),
            "200ms", "Timeout of one attempt.");
    static final Setting<Integer> ATTEMPTS = Setting.of("sync.attempts", Type.integer(1, 10), "3",
            "Attempts of one request, the first included.");
    static final Setting<Duration> BACKOFF = Setting.of("sync.backoff", Type.duration("0ms", "1m"), "20ms",
            "Sleep before the second attempt.");
    static final Setting<Double> BACKOFF_FACTOR = Setting.of("sync.backoff-factor", Type.decimal(1, 10), "2",
            "How many times longer each further sleep is.");
    static final Setting<Double> JITTER = Setting.of("sync.jitter", Type.decimal(0, 1), "0.5",
            "Part of a sleep that is added or taken away at random.");
    static final Setting<Duration> PEER_DEADLINE = Setting.of("sync.peer-deadline", Type.duration("1ms", "10m"),
            "600ms", "Time for all attempts to one peer together.");
    static final Setting<Integer> MAX_IN_FLIGHT = Setting.of("sync.max-in-flight", Type.integer(1, 10_000), "64",
            "Requests to peers in flight, whole process; one per peer at a time.");
    static final Setting<Integer> MAX_IN_FLIGHT_SLOW = Setting.of("sync.max-in-flight-slow", Type.integer(1, 10_000),
            "8", "How many of the requests in flight may go to slow peers.");
    static final Setting<Duration> WAIT = Setting.of("sync.wait", Type.duration("0ms", "1m"), "50ms",
            "How long a lifecycle call waits for all healthy peers to have the route.");
    static final Setting<Integer> SLOW_AFTER = Setting.of("sync.slow-after", Type.integer(1, 1_000), "3",
            "Failed or late requests in a row after which a peer is slow and not waited for.");
    static final Setting<Duration> PROBE_EVERY = Setting.of("sync.probe-every", Type.duration("10ms", "10m"), "1s",
            "How often a slow peer is tried again.");
    static final Setting<Integer> OUTBOX_CAPACITY = Setting.of("sync.outbox-capacity", Type.integer(1, 10_000_000),
            "100000", "Routes that may wait for one peer, the newest version of each only.");
    static final List<Setting<?>> ALL = List.of(REQUEST_TIMEOUT, ATTEMPTS, BACKOFF, BACKOFF_FACTOR, JITTER,
            PEER_DEADLINE, MAX_IN_FLIGHT, MAX_IN_FLIGHT_SLOW, WAIT, SLOW_AFTER, PROBE_EVERY, OUTBOX_CAPACITY);

    static SyncSettings from(Values values) {
        SyncSettings sync = new SyncSettings(values.get(REQUEST_TIMEOUT), values.get(ATTEMPTS), values.get(BACKOFF),
                values.get(BACKOFF_FACTOR), values.get(JITTER), values.get(PEER_DEADLINE), values.get(MAX_IN_FLIGHT),
                values.get(MAX_IN_FLIGHT_SLOW), values.get(WAIT), values.get(SLOW_AFTER), values.get(PROBE_EVERY),
                values.get(OUTBOX_CAPACITY));
        double sleeps = sync.longestSleepsMillis();
        if (sleeps >= sync.requestTimeout.toMillis()) {
            throw values.refused(BACKOFF, "less: with sync.attempts=" + sync.attempts + ", sync.backoff-factor="
                    + sync.backoffFactor + " and sync.jitter=" + sync.jitter + " the longest sleeps add up to "
                    + Math.round(sleeps) + "ms, and must stay below " + REQUEST_TIMEOUT.fullName() + ", which is "
                    + DurationText.format(sync.requestTimeout));
        }
        if (sync.peerDeadline.compareTo(sync.requestTimeout) < 0) {
            throw values.refused(PEER_DEADLINE, "at least " + REQUEST_TIMEOUT.fullName() + ", which is "
                    + DurationText.format(sync.requestTimeout));
        }
        if (sync.maxInFlightSlow > sync.maxInFlight) {
            throw values.refused(MAX_IN_FLIGHT_SLOW, "at most " + MAX_IN_FLIGHT.fullName() + ", which is "
                    + sync.maxInFlight);
        }
        return sync;
    }

    private double longestSleepsMillis() {
        double sum = 0;
        double sleep = backoff.toMillis() * (1 + jitter);
        for (int retry = 1; retry < attempts; retry++) {
            sum += sleep;
            sleep *= backoffFactor;
        }
        return sum;
    }
}
