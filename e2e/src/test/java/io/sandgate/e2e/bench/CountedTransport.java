package io.sandgate.e2e.bench;

import io.sandgate.membership.Member;
import io.sandgate.proxy.replicate.EncodedRoute;
import io.sandgate.proxy.replicate.PeerTransport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/// A transport whose requests are counted while they are in flight: sent, and neither answered nor given up.
final class CountedTransport implements PeerTransport {

    private final PeerTransport transport;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final Map<String, AtomicInteger> byPeer = new ConcurrentHashMap<>();
    private final AtomicInteger most = new AtomicInteger();
    private final AtomicInteger mostAtOnePeer = new AtomicInteger();
    private final LongAdder requests = new LongAdder();
    private final LongAdder failures = new LongAdder();

    CountedTransport(PeerTransport transport) {
        this.transport = transport;
    }

    @Override
    public CompletionStage<Integer> send(Member peer, List<EncodedRoute> batch, boolean reconcile, Duration timeout) {
        AtomicInteger atPeer = byPeer.computeIfAbsent(peer.id(), id -> new AtomicInteger());
        requests.increment();
        most.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
        mostAtOnePeer.accumulateAndGet(atPeer.incrementAndGet(), Math::max);
        return transport.send(peer, batch, reconcile, timeout).whenComplete((invalid, error) -> {
            inFlight.decrementAndGet();
            atPeer.decrementAndGet();
            if (error != null) {
                failures.increment();
            }
        });
    }

    int most() {
        return most.get();
    }

    int mostAtOnePeer() {
        return mostAtOnePeer.get();
    }

    long requests() {
        return requests.sum();
    }

    /// Requests that were refused or not answered in time.
    long failures() {
        return failures.sum();
    }
}
