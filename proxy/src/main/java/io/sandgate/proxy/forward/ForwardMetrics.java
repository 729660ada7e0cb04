package io.sandgate.proxy.forward;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntSupplier;

/// What a user watches of the data plane.
final class ForwardMetrics {

    /// What became of a request to a sandbox.
    enum Outcome {
        /// The sandbox's answer was passed on to its end.
        ANSWERED,
        /// It became a tunnel.
        UPGRADED,
        /// It was answered without the sandbox.
        REFUSED,
        /// The answer had begun and could not be passed on to its end.
        ABORTED
    }

    /// Why an answer or a tunnel that had begun was cut off.
    enum Abort {
        /// The client closed its connection.
        CLIENT_GONE,
        /// The sandbox closed or broke its connection.
        UPSTREAM_DIED,
        /// The sandbox's route was withdrawn, or leads elsewhere.
        ROUTE_GONE,
        /// The replica stops, and the time for its tunnels is over.
        DRAINED
    }

    private final Map<Outcome, Counter> outcomes = new EnumMap<>(Outcome.class);
    private final Map<Refusal.Reason, Counter> refusals = new EnumMap<>(Refusal.Reason.class);
    private final Map<Abort, Counter> aborts = new EnumMap<>(Abort.class);
    private final Counter connects;
    private final Counter connectFailures;
    private final Counter reuses;
    private final Counter retries;

    ForwardMetrics(MeterRegistry registry, ConnectionBudget budget) {
        for (Outcome outcome : Outcome.values()) {
            outcomes.put(outcome,
                    Counter.builder("sandgate.proxy.requests")
                            .description("Requests to sandboxes, by what became of them").tag("outcome", word(outcome))
                            .register(registry));
        }
        for (Refusal.Reason reason : Refusal.Reason.values()) {
            refusals.put(reason, Counter.builder("sandgate.proxy.refused")
                    .description("Requests that were not forwarded, by reason").tag("reason", reason.word())
                    .register(registry));
        }
        for (Abort abort : Abort.values()) {
            aborts.put(abort, Counter.builder("sandgate.proxy.aborted")
                    .description("Answers and tunnels that were cut off, by reason").tag("reason", word(abort))
                    .register(registry));
        }
        connects = connects(registry, "ok");
        connectFailures = connects(registry, "failed");
        reuses = Counter.builder("sandgate.proxy.upstream.reuses")
                .description("Requests sent over a connection that was kept").register(registry);
        retries = Counter.builder("sandgate.proxy.upstream.retries")
                .description("Requests sent anew because a kept connection turned out dead").register(registry);
        gauge(registry, "sandgate.proxy.upstream.active", "Requests and tunnels in flight to sandboxes",
                budget::inFlight);
        gauge(registry, "sandgate.proxy.upstream.idle", "Unused connections to sandboxes", budget::idle);
        gauge(registry, "sandgate.proxy.tunnels", "Upgraded connections", budget::tunnels);
    }

    private static Counter connects(MeterRegistry registry, String result) {
        return Counter.builder("sandgate.proxy.upstream.connects").description("Attempts to connect to sandboxes")
                .tag("result", result).register(registry);
    }

    private static void gauge(MeterRegistry registry, String name, String description,
            IntSupplier value) {
        Gauge.builder(name, value, IntSupplier::getAsInt).description(description)
                .strongReference(true).register(registry);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    void finished(Outcome outcome) {
        count(outcomes, outcome);
    }

    void refused(Refusal.Reason reason) {
        count(outcomes, Outcome.REFUSED);
        count(refusals, reason);
    }

    void aborted(Abort abort) {
        count(aborts, abort);
    }

    void connected(boolean ok) {
        (ok ? connects : connectFailures).increment();
    }

    void reused() {
        reuses.increment();
    }

    void retried() {
        retries.increment();
    }

    private static <K extends Enum<K>> void count(Map<K, Counter> counters, K key) {
        Counter counter = counters.get(key);
        if (counter != null) {
            counter.increment();
        }
    }
}
