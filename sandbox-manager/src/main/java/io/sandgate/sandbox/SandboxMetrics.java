package io.sandgate.sandbox;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.function.IntSupplier;

/// What a user watches about sandboxes.
final class SandboxMetrics {

    private final MeterRegistry meters;
    private final Timer created;
    private final Counter claims;
    private final Timer deadlineLag;
    private final Timer usageRound;

    /// @param cells all sandboxes, as they are at the time of each reading
    SandboxMetrics(MeterRegistry meters, Collection<Cell> cells) {
        this.meters = meters;
        this.created = Timer.builder("sandgate.sandbox.create").description("From the request to the answer")
                .publishPercentiles(0.5, 0.99).register(meters);
        this.claims = Counter.builder("sandgate.sandbox.claims")
                .description("Creates that took a sandbox which was started ahead").register(meters);
        this.deadlineLag = Timer.builder("sandgate.sandbox.deadline.lag")
                .description("How late deadlines were acted upon").register(meters);
        this.usageRound = Timer.builder("sandgate.sandbox.usage.round")
                .description("One look at what all running sandboxes use").register(meters);
        for (SandboxState state : SandboxState.values()) {
            Gauge.builder("sandgate.sandbox.count", cells,
                    all -> all.stream().filter(cell -> cell.sandbox().state() == state).count())
                    .description("Sandboxes of this replica").tag("state", word(state)).register(meters);
        }
    }

    /// Shows how many sandboxes of a template wait for their makers.
    void warm(String template, IntSupplier ready) {
        Gauge.builder("sandgate.sandbox.warm", ready, IntSupplier::getAsInt).strongReference(true)
                .description("Sandboxes that are started ahead and not taken yet").tag("template", template)
                .register(meters);
    }

    void created(Duration took) {
        created.record(took);
    }

    void claimed() {
        claims.increment();
    }

    void createFailed(SandboxException.Reason reason) {
        count("create.failures", "Creates that failed, by reason", "reason", word(reason));
    }

    void ended(String cause) {
        count("ended", "Sandboxes that ended, by cause", "cause", cause);
    }

    void deadlineMet(Duration lag) {
        deadlineLag.record(lag);
    }

    void measuring(Runnable round) {
        usageRound.record(round);
    }

    void announcementFailed(String reason) {
        count("announce.failures", "Announcements of routes that failed or took too long", "reason", reason);
    }

    void retried(String what) {
        count("retries", "Steps of an end or a record that were tried again", "what", what);
    }

    private void count(String name, String description, String tag, String value) {
        Counter.builder("sandgate.sandbox." + name).description(description).tag(tag, value).register(meters)
                .increment();
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
