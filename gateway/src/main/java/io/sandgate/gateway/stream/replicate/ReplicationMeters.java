package io.sandgate.gateway.stream.replicate;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;

/// What a user watches of the replication of events.
final class ReplicationMeters {
    private final MeterRegistry registry;
    private final Counter sent;
    private final Counter received;
    private final Counter duplicates;
    private final Counter refused;
    private final Counter failures;
    private final Counter told;
    private final Counter taken;
    private final Counter ended;

    ReplicationMeters(MeterRegistry registry) {
        this.registry = registry;
        this.sent = replicated("sent");
        this.received = replicated("received");
        this.duplicates = replicated("duplicate");
        this.refused = replicated("refused");
        this.failures = Counter.builder("sandgate.events.replication.failures")
                .description("Requests with events to peers that failed or were refused").register(registry);
        this.told = resyncs("told");
        this.taken = resyncs("taken");
        this.ended = Counter.builder("sandgate.events.replication.ended")
                .description("Subjects of another replica that ended unheard, and whose end was written at a resync")
                .register(registry);
    }

    private Counter replicated(String what) {
        return Counter.builder("sandgate.events.replicated")
                .description("Events that went to peers, came from peers, came again, or were refused by the log")
                .tag("what", what)
                .register(registry);
    }

    private Counter resyncs(String side) {
        return Counter.builder("sandgate.events.replication.resyncs")
                .description("Times that a state was told instead of what happened, by side").tag("side", side)
                .register(registry);
    }

    void lag(Supplier<Number> value) {
        Gauge.builder("sandgate.events.replication.lag", value)
                .description("Entries of this replica's log that the peer furthest behind has not been told yet")
                .register(registry);
    }

    void inFlight(Supplier<Number> value) {
        Gauge.builder("sandgate.events.replication.in.flight", value)
                .description("Requests with events to peers in flight").register(registry);
    }

    void sent(int events) {
        sent.increment(events);
    }

    void received(int events) {
        received.increment(events);
    }

    void duplicates(int events) {
        duplicates.increment(events);
    }

    void refused() {
        refused.increment();
    }

    void failed() {
        failures.increment();
    }

    void toldState() {
        told.increment();
    }

    void tookState() {
        taken.increment();
    }

    void ended(int subjects) {
        ended.increment(subjects);
    }
}
