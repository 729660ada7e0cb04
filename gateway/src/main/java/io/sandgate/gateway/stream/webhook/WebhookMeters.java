package io.sandgate.gateway.stream.webhook;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// What is counted of the webhooks of a replica. Thread-safe.
final class WebhookMeters {
    private static final double MILLIS = 1000;

    private final MeterRegistry registry;
    private final InstantSource clock;
    /// When what each webhook waits for happened.
    private final Map<String, Instant> waiting = new ConcurrentHashMap<>();
    private volatile long disabled;

    WebhookMeters(MeterRegistry registry, InstantSource clock) {
        this.registry = registry;
        this.clock = clock;
        Gauge.builder("sandgate.webhooks.lag", this, WebhookMeters::lag)
                .description("age of the oldest event that this replica has still to deliver to a webhook")
                .baseUnit("seconds").register(registry);
        Gauge.builder("sandgate.webhooks.disabled", this, each -> each.disabled)
                .description("webhooks that were disabled because they failed for too long").register(registry);
    }

    /// @param outcome `delivered`, `refused`, `given_up` or `skipped`
    void delivery(String outcome, long count) {
        Counter.builder("sandgate.webhooks.deliveries")
                .description(
                        "events for webhooks, by what became of them; skipped are entries of the log that were gone")
                .tag("outcome", outcome).register(registry).increment((double) count);
    }

    /// @param outcome `sent`, or `postponed` by the budget
    void retry(String outcome) {
        Counter.builder("sandgate.webhooks.retries")
                .description("further attempts to deliver an event, made or put off since there were too many")
                .tag("outcome", outcome).register(registry).increment();
    }

    /// @param oldest when the oldest event happened that the webhook waits for; empty for none
    void waits(String webhook, Optional<Instant> oldest) {
        oldest.ifPresentOrElse(at -> waiting.put(webhook, at), () -> waiting.remove(webhook));
    }

    void disabled(long count) {
        disabled = count;
    }

    private double lag() {
        Instant now = clock.instant();
        return waiting.values().stream().mapToDouble(at -> (double) Duration.between(at, now).toMillis() / MILLIS)
                .filter(age -> age > 0).max().orElse(0);
    }
}
