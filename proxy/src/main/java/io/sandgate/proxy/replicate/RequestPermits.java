package io.sandgate.proxy.replicate;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// The bound on requests to peers in flight, for the whole process, with smaller bounds inside it for requests that must
/// not take all of it.
///
/// Whoever finds no permit waits in line, and those who may go on do so in the order in which they came: so neither kind
/// starves the other. Each outbox and each question waits for a bounded number of permits, which bounds the line.
/// Confined to the loop.
final class RequestPermits {

    /// What a request is for.
    enum Purpose {
        /// A push to a peer that answers.
        PUSH,
        /// A push to a slow peer.
        PROBE,
        /// A question for a route, which clients can cause.
        LOOKUP
    }

    /// A request that waits for a permit.
    private record Waiting(Purpose purpose, long ticket, Runnable granted) {}

    /// What requests of one purpose may take, and those that wait for it.
    private record Share(Bulkhead permits, Queue<Waiting> line) {
        Share(String name, int permits) {
            this(bulkhead(name, permits), new ArrayDeque<>());
        }

        boolean hasRoom() {
            return permits.getMetrics().getAvailableConcurrentCalls() > 0;
        }
    }

    private final Bulkhead all;
    private final Share pushes;
    private final Share probes;
    private final Share lookups;
    private long tickets;
    private boolean granting;

    RequestPermits(int maxInFlight, int maxSlow) {
        all = bulkhead("peer-requests", maxInFlight);
        pushes = new Share("pushes", maxInFlight);
        probes = new Share("probes", Math.clamp(maxInFlight - 1, 1, maxSlow));
        lookups = new Share("lookups", Math.max(1, maxInFlight / 4));
    }

    private static Bulkhead bulkhead(String name, int permits) {
        return Bulkhead.of(name,
                BulkheadConfig.custom().maxConcurrentCalls(permits).maxWaitDuration(Duration.ZERO).build());
    }

    /// Runs `granted` at once or as soon as there is a permit, which it must give back with [#release].
    void acquire(Purpose purpose, Runnable granted) {
        share(purpose).line().add(new Waiting(purpose, tickets++, granted));
        grant();
    }

    /// Gives a permit back.
    void release(Purpose purpose) {
        share(purpose).permits().onComplete();
        all.onComplete();
        grant();
    }

    /// Permits that are taken; may be read from any thread.
    int inFlight() {
        return all.getBulkheadConfig().getMaxConcurrentCalls() - all.getMetrics().getAvailableConcurrentCalls();
    }

    private void grant() {
        if (granting) {
            // whoever was granted a permit gave it back at once: the loop below goes on
            return;
        }
        granting = true;
        try {
            for (Waiting next = next(); next != null; next = next()) {
                next.granted().run();
            }
        } finally {
            granting = false;
        }
    }

    private @Nullable Waiting next() {
        Waiting first = null;
        for (Purpose purpose : Purpose.values()) {
            Waiting head = share(purpose).line().peek();
            if (head != null && share(purpose).hasRoom() && (first == null || head.ticket() < first.ticket())) {
                first = head;
            }
        }
        if (first == null || !all.tryAcquirePermission()) {
            return null;
        }
        Share share = share(first.purpose());
        share.permits().acquirePermission();
        return share.line().remove();
    }

    private Share share(Purpose purpose) {
        return switch (purpose) {
            case PUSH -> pushes;
            case PROBE -> probes;
            case LOOKUP -> lookups;
        };
    }
}
