package io.sandgate.proxy.replicate;

import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.membership.Member;
import io.sandgate.proxy.replicate.RequestPermits.Purpose;
import io.sandgate.proxy.route.Route;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Publishes this replica's route changes to its peers, through one outbox per peer and under one bound for the process.
///
/// All methods may be called from any thread; the work is done on the loop.
public final class PeerSync {
    private final SyncBudget budget;
    private final PeerTransport transport;
    private final Loop loop;
    private final RequestPermits permits;
    private final Retry retry;
    private final SyncMetrics metrics;
    /// Changed on the loop only; metrics read it from other threads.
    private final Map<String, PeerOutbox> outboxes = new ConcurrentHashMap<>();

    /// @param random the source of the jitter
    public PeerSync(SyncBudget budget, PeerTransport transport, Loop loop, RandomGenerator random,
            MeterRegistry registry) {
        this.budget = budget;
        this.transport = transport;
        this.loop = loop;
        this.permits = new RequestPermits(budget.maxInFlight(), budget.maxInFlightSlow());
        this.retry = Retry.of("peer-requests", RetryConfig.custom().maxAttempts(budget.attempts())
                .retryOnException(Transience::isTransient)
                .intervalFunction(attempt -> sleep(budget, attempt, random)).build());
        this.metrics = new SyncMetrics(registry);
        metrics.inFlight(permits::inFlight);
        metrics.waiting(() -> outboxes.values().stream().mapToInt(PeerOutbox::size).sum());
        metrics.slowPeers(() -> outboxes.values().stream().filter(PeerOutbox::isSlow).count());
    }

    private static long sleep(SyncBudget budget, int attempt, RandomGenerator random) {
        double base = budget.backoff().toMillis() * Math.pow(budget.backoffFactor(), attempt - 1);
        double jitter = budget.jitter() == 0 ? 0 : random.nextDouble(-budget.jitter(), budget.jitter());
        return Math.max(1, Math.round(base * (1 + jitter)));
    }

    /// Offers a change to every peer.
    ///
    /// @return completed when the caller may go on: every healthy peer has the change, or `wait` is over and one has it,
    ///         or `peerDeadline` is over. Never fails. Completes on the loop.
    public CompletionStage<SyncResult> publish(Route route) {
        CompletableFuture<SyncResult> answered = new CompletableFuture<>();
        EncodedRoute change = EncodedRoute.of(route);
        loop.execute(() -> {
            long since = loop.nanoTime();
            Set<String> awaited = new HashSet<>();
            outboxes.values().stream().filter(PeerOutbox::isAwaited).forEach(outbox -> awaited.add(outbox.peer().id()));
            Delivery delivery = new Delivery(outboxes.size(), awaited);
            outboxes.values().forEach(outbox -> outbox.offer(change, delivery));
            delivery.start(loop, budget.callerWait(), budget.peerDeadline());
            delivery.answered().minimalCompletionStage().thenAccept(result -> {
                metrics.answered(Duration.ofNanos(loop.nanoTime() - since), result);
                answered.complete(result);
            });
        });
        return answered;
    }

    /// Offers a route to one peer, for which nobody waits.
    public void tell(Member peer, Route route) {
        EncodedRoute change = EncodedRoute.of(route);
        loop.execute(() -> {
            PeerOutbox known = outboxes.get(peer.id());
            if (known != null) {
                known.offer(change, new Delivery(1, Set.of()));
            }
        });
    }

    /// Begins to send to a peer, which is first told to fetch what was published before. A peer that is known already
    /// keeps what waits for it when it moved, and begins anew in a new incarnation.
    public void join(Member peer) {
        loop.execute(() -> {
            PeerOutbox known = outboxes.get(peer.id());
            if (known != null) {
                if (known.peer().incarnation() > peer.incarnation()) {
                    return;
                }
                if (known.peer().incarnation() == peer.incarnation()) {
                    known.moved(peer);
                    return;
                }
                known.close();
            }
            PeerOutbox outbox = new PeerOutbox(peer, budget, transport, permits, retry, loop, metrics);
            outboxes.put(peer.id(), outbox);
            outbox.start();
        });
    }

    /// Drops what waits for a peer that is gone; a caller who waits for it is told.
    public void leave(Member peer) {
        loop.execute(() -> {
            PeerOutbox known = outboxes.get(peer.id());
            if (known != null && known.peer().incarnation() <= peer.incarnation()) {
                known.close();
                outboxes.remove(peer.id());
            }
        });
    }

    /// Waits for a permit of the process-wide bound for a question to a peer.
    ///
    /// @return completed with the action that gives the permit back, or with null when the peer is slow and is not to be
    ///         asked; on the loop
    CompletionStage<@Nullable Runnable> lookupPermit(Member peer) {
        CompletableFuture<@Nullable Runnable> granted = new CompletableFuture<>();
        loop.execute(() -> {
            PeerOutbox known = outboxes.get(peer.id());
            if (known != null && known.isSlow()) {
                granted.complete(null);
                return;
            }
            permits.acquire(Purpose.LOOKUP,
                    () -> granted.complete(() -> loop.execute(() -> permits.release(Purpose.LOOKUP))));
        });
        return granted;
    }
}
