package io.sandgate.proxy.replicate;

import java.time.Duration;

/// The default budget with one thing changed.
final class Budgets {
    private static final SyncBudget BASE = SyncBudget.DEFAULT;

    private Budgets() {}

    static SyncBudget inFlight(int max) {
        return of(BASE.attempts(), BASE.jitter(), max, BASE.outboxCapacity(), BASE.batchRoutes(), BASE.batchBytes());
    }

    static SyncBudget batches(int routes, int bytes) {
        return of(BASE.attempts(), BASE.jitter(), BASE.maxInFlight(), BASE.outboxCapacity(), routes, bytes);
    }

    static SyncBudget outbox(int capacity) {
        return of(BASE.attempts(), BASE.jitter(), BASE.maxInFlight(), capacity, BASE.batchRoutes(), BASE.batchBytes());
    }

    static SyncBudget jitter(double jitter) {
        return of(BASE.attempts(), jitter, BASE.maxInFlight(), BASE.outboxCapacity(), BASE.batchRoutes(),
                BASE.batchBytes());
    }

    static SyncBudget oneAttemptThenProbes(Duration probeEvery) {
        return new SyncBudget(BASE.requestTimeout(), 1, BASE.backoff(), BASE.backoffFactor(), BASE.jitter(),
                BASE.peerDeadline(), BASE.maxInFlight(), BASE.maxInFlightSlow(), BASE.callerWait(), BASE.slowAfter(),
                probeEvery, BASE.outboxCapacity(), BASE.batchRoutes(), BASE.batchBytes());
    }

    static SyncBudget deadline(Duration requestTimeout, Duration peerDeadline) {
        return new SyncBudget(requestTimeout, BASE.attempts(), BASE.backoff(), BASE.backoffFactor(), BASE.jitter(),
                peerDeadline, BASE.maxInFlight(), BASE.maxInFlightSlow(), BASE.callerWait(), BASE.slowAfter(),
                BASE.probeEvery(), BASE.outboxCapacity(), BASE.batchRoutes(), BASE.batchBytes());
    }

    private static SyncBudget of(int attempts, double jitter, int inFlight, int outbox, int batchRoutes,
            int batchBytes) {
        return new SyncBudget(BASE.requestTimeout(), attempts, BASE.backoff(), BASE.backoffFactor(), jitter,
                BASE.peerDeadline(), inFlight, BASE.maxInFlightSlow(), BASE.callerWait(), BASE.slowAfter(),
                BASE.probeEvery(), outbox, batchRoutes, batchBytes);
    }
}
