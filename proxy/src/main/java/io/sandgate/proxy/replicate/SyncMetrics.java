package io.sandgate.proxy.replicate;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.function.Supplier;

/// What a user watches of the replication.
final class SyncMetrics {
    private final MeterRegistry registry;
    private final Timer wait;
    private final Counter unacknowledged;
    private final Counter retries;

    SyncMetrics(MeterRegistry registry) {
        this.registry = registry;
        wait = Timer.builder("sandgate.sync.wait").description("How long a change's caller waited for peers")
                .publishPercentiles(0.5, 0.99).register(registry);
        unacknowledged = Counter.builder("sandgate.sync.unacknowledged")
                .description("Changes answered before any peer had them, although there were peers").register(registry);
        retries = Counter.builder("sandgate.sync.retries").description("Further attempts at a request to a peer")
                .register(registry);
    }

    void inFlight(Supplier<Number> value) {
        Gauge.builder("sandgate.sync.in.flight", value).description("Requests to peers in flight").register(registry);
    }

    void waiting(Supplier<Number> value) {
        Gauge.builder("sandgate.sync.outbox.routes", value).description("Routes that wait for a peer, all outboxes")
                .register(registry);
    }

    void slowPeers(Supplier<Number> value) {
        Gauge.builder("sandgate.sync.slow.peers", value).description("Peers that are probed and not waited for")
                .register(registry);
    }

    void answered(Duration waited, SyncResult result) {
        wait.record(waited);
        if (result.peers() > 0 && result.acknowledged() == 0) {
            unacknowledged.increment();
        }
    }

    void request(String outcome, Duration took) {
        Timer.builder("sandgate.sync.requests").description("Requests to peers by outcome").tag("outcome", outcome)
                .register(registry).record(took);
    }

    void retry() {
        retries.increment();
    }

    void dropped(String reason, int routes) {
        Counter.builder("sandgate.sync.dropped").description("Routes dropped from an outbox, by reason")
                .tag("reason", reason).register(registry).increment(routes);
    }
}
