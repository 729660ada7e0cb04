package io.sandgate.proxy.replicate;

import io.github.resilience4j.retry.Retry;
import io.sandgate.membership.Member;
import io.sandgate.proxy.replicate.PendingChanges.Entry;
import io.sandgate.proxy.replicate.RequestPermits.Purpose;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What one peer has not been told yet, and the one request that tells it. Confined to the loop.
final class PeerOutbox {

    /*
     * Implementation notes.
     *
     * Phases: IDLE -> QUEUED (for a permit) -> SENDING -> IDLE, or SENDING -> RESTING (after a failure) -> IDLE, and any
     * -> CLOSED. Only IDLE starts something, so there is one request at a time, and a change that arrives meanwhile
     * waits: under load the batches grow by themselves, without a delay when there is none.
     *
     * For each key only the newest version waits. The order within a batch means nothing, since versions decide; that
     * makes a repeated batch harmless.
     *
     * Every attempt has a number. Its answer, its timeout and its lateness carry the number and are dropped when the
     * attempt is over: a transport that answers after it was given up changes nothing. The permit belongs to the
     * exchange, and is given back when the exchange ends, also when the outbox has been closed meanwhile.
     *
     * A slow peer gets one attempt each `probeEvery`, without retries: what waits for it, or else an empty batch.
     *
     * What is not going to be told by push is counted in `lost`: all that was published before this outbox existed, what
     * did not fit, and what was refused for a reason that lies not in the route. A request that succeeds tells the peer
     * to fetch, which covers the losses up to the moment in which the request was made, and no later ones.
     */

    private static final Logger log = LoggerFactory.getLogger(PeerOutbox.class);

    /// How much later than a request's timeout a transport that did not keep it is given up: not at the same moment, since
    /// a permit must not be given back while the request is still in flight.
    private static final Duration GRACE = Duration.ofMillis(20);

    private enum Phase {
        IDLE, QUEUED, SENDING, RESTING, CLOSED
    }

    private final SyncBudget budget;
    private final PeerTransport transport;
    private final RequestPermits permits;
    private final Retry retry;
    private final Loop loop;
    private final SyncMetrics metrics;
    private final PeerHealth health;
    private final PendingChanges pending;

    private Member peer;
    private Phase phase = Phase.IDLE;
    private @Nullable Exchange exchange;
    private long lost = 1;
    private long told;

    PeerOutbox(Member peer, SyncBudget budget, PeerTransport transport, RequestPermits permits, Retry retry, Loop loop,
            SyncMetrics metrics) {
        this.peer = peer;
        this.budget = budget;
        this.transport = transport;
        this.permits = permits;
        this.retry = retry;
        this.loop = loop;
        this.metrics = metrics;
        this.health = new PeerHealth(budget.slowAfter());
        this.pending = new PendingChanges(budget.outboxCapacity());
    }

    Member peer() {
        return peer;
    }

    /// The same life of the peer announced another address or state: what waits goes there.
    void moved(Member to) {
        peer = to;
    }

    boolean isAwaited() {
        return health.isAwaited();
    }

    /// May be called from any thread.
    boolean isSlow() {
        return health.isSlow();
    }

    /// May be called from any thread.
    int size() {
        return pending.size();
    }

    void offer(EncodedRoute change, Delivery delivery) {
        List<Delivery> deliveries = new ArrayList<>(1);
        deliveries.add(delivery);
        put(new Entry(change, deliveries));
        start();
    }

    /// Sends what there is to send, unless something is under way.
    void start() {
        if (phase == Phase.IDLE && (!pending.isEmpty() || lost > told || health.isSlow())) {
            phase = Phase.QUEUED;
            Purpose purpose = health.isSlow() ? Purpose.PROBE : Purpose.PUSH;
            permits.acquire(purpose, () -> granted(purpose));
        }
    }

    /// Drops everything: the peer is gone, and nobody waits for it any more.
    void close() {
        phase = Phase.CLOSED;
        fail(pending.clear());
        if (exchange != null) {
            fail(exchange.batch);
        }
    }

    private void put(Entry entry) {
        if (pending.put(entry)) {
            return;
        }
        List<Entry> dropped = new ArrayList<>(pending.clear());
        dropped.add(entry);
        if (lost == told) {
            log.warn("outbox.full peer={} routes={} (the peer fetches them when it answers again)", peer.id(),
                    dropped.size());
        }
        metrics.dropped("overflow", dropped.size());
        lost++;
        fail(dropped);
    }

    private void fail(List<Entry> entries) {
        entries.forEach(entry -> entry.failed(peer.id()));
    }

    private void granted(Purpose purpose) {
        if (phase == Phase.CLOSED) {
            permits.release(purpose);
            return;
        }
        phase = Phase.SENDING;
        exchange = new Exchange(pending.take(budget.batchRoutes(), budget.batchBytes()), purpose);
        exchange.attempt();
    }

    /// Counts a failed request or a late answer.
    private void missed(String cause) {
        if (health.missed()) {
            log.warn("peer.slow peer={} address={} cause={} (not waited for until it answers in time)", peer.id(),
                    peer.peer(), cause);
        }
    }

    private void answered() {
        if (health.answered()) {
            log.info("peer.recovered peer={} waiting={}", peer.id(), pending.size());
        }
    }

    private void rest() {
        phase = Phase.RESTING;
        loop.after(budget.probeEvery(), () -> {
            if (phase == Phase.RESTING) {
                phase = Phase.IDLE;
                start();
            }
        });
    }

    /// One batch with all its attempts.
    private final class Exchange {
        private final List<Entry> batch;
        private final List<EncodedRoute> changes;
        private final Purpose purpose;
        private final long tells = lost;
        private final boolean reconcile = lost > told;
        private final long deadline = loop.nanoTime() + budget.peerDeadline().toNanos();
        private final Retry.AsyncContext<Integer> retries = retry.asyncContext();
        private int attempts;
        private boolean open;
        private boolean counted;

        Exchange(List<Entry> batch, Purpose purpose) {
            this.batch = batch;
            this.changes = batch.stream().map(Entry::change).toList();
            this.purpose = purpose;
        }

        void attempt() {
            int number = ++attempts;
            open = true;
            counted = false;
            long sentAt = loop.nanoTime();
            Duration timeout = Duration
                    .ofNanos(Math.min(budget.requestTimeout().toNanos(), Math.max(1_000_000, deadline - sentAt)));
            // sent before the timers start: a pause in between would let the guard give up what is still in flight
            CompletionStage<Integer> answer = send(timeout);
            Loop.Timer lateness = loop.after(budget.callerWait(), () -> {
                if (isCurrent(number) && phase == Phase.SENDING) {
                    miss("late");
                }
            });
            Loop.Timer guard = loop.after(timeout.plus(GRACE), () -> ended(number, sentAt, null,
                    new TimeoutException("no answer in " + timeout.toMillis() + "ms")));
            answer.whenComplete((invalid, error) -> loop.execute(() -> {
                lateness.cancel();
                guard.cancel();
                ended(number, sentAt, invalid, error);
            }));
        }

        private CompletionStage<Integer> send(Duration timeout) {
            try {
                return transport.send(peer, changes, reconcile, timeout);
            } catch (RuntimeException e) {
                return CompletableFuture.failedFuture(e);
            }
        }

        private boolean isCurrent(int number) {
            return open && number == attempts;
        }

        /// Counts at most one miss for each attempt, however it ends.
        private void miss(String cause) {
            if (!counted) {
                counted = true;
                missed(cause);
            }
        }

        private void ended(int number, long sentAt, @Nullable Integer invalid, @Nullable Throwable error) {
            if (!isCurrent(number)) {
                return;
            }
            open = false;
            if (phase == Phase.CLOSED) {
                finish();
                return;
            }
            Duration took = Duration.ofNanos(loop.nanoTime() - sentAt);
            boolean inTime = took.compareTo(budget.callerWait()) <= 0;
            Throwable cause = error == null ? null : Transience.unwrapped(error);
            switch (cause) {
                case null -> succeeded(invalid == null ? 0 : invalid, inTime, took);
                case PeerRefusedException refusal when !Transience.isTransient(refusal) ->
                    refused(refusal, inTime, took);
                default -> failed(cause, took);
            }
        }

        private void succeeded(int invalid, boolean inTime, Duration took) {
            metrics.request(inTime ? "ok" : "late", took);
            heard(inTime);
            if (invalid > 0) {
                metrics.dropped("invalid", invalid);
                log.warn("peer.refused peer={} invalid={} (its log and /metrics say why)", peer.id(), invalid);
            }
            retries.onComplete();
            told = Math.max(told, tells);
            batch.forEach(entry -> entry.acknowledged(peer.id()));
            finish();
            if (health.isSlow() && pending.isEmpty()) {
                rest();
            } else {
                proceed();
            }
        }

        private void heard(boolean inTime) {
            if (inTime) {
                answered();
            } else {
                miss("late");
            }
        }

        private void failed(Throwable error, Duration took) {
            metrics.request("failed", took);
            miss(error.toString());
            long delay = retries.onError(error);
            if (delay >= 0 && purpose == Purpose.PUSH && loop.nanoTime() + delay * 1_000_000 < deadline) {
                metrics.retry();
                loop.after(Duration.ofMillis(delay), () -> {
                    if (phase == Phase.CLOSED) {
                        finish();
                    } else {
                        attempt();
                    }
                });
                return;
            }
            // the callers are told; a change that came meanwhile is newer and stays
            fail(batch);
            batch.forEach(entry -> put(new Entry(entry.change(), List.of())));
            finish();
            rest();
        }

        private void refused(PeerRefusedException refusal, boolean inTime, Duration took) {
            metrics.request("refused", took);
            metrics.dropped("refused", batch.size());
            log.warn("peer.refused peer={} routes={} error={}", peer.id(), batch.size(), refusal.toString());
            fail(batch);
            finish();
            if (batch.size() == 1 && refusal.isOfContent()) {
                heard(inTime);
                proceed();
            } else {
                miss(refusal.toString());
                lost++;
                rest();
            }
        }

        private void proceed() {
            phase = Phase.IDLE;
            start();
        }

        private void finish() {
            exchange = null;
            permits.release(purpose);
        }
    }
}
