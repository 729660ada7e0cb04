package io.sandgate.gateway.shard.backfill;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// What a user watches of the backfill.
final class BackfillMetrics {

    /// Why a guild was not asked for.
    enum Skip {
        /// Its count is near enough to what is known.
        CLOSE,
        /// There is no room for more guilds.
        FULL,
        /// It did not answer so often that it is left to the sweep.
        UNANSWERED
    }

    /// Levels at one moment, written on the loop and read by whoever watches.
    ///
    /// @param open requests that wait for their chunks
    /// @param holding shards that hold the gate
    /// @param waiting shards that wait for it
    /// @param queued new guilds that were not asked for yet
    record Levels(int open, int holding, int waiting, int queued) {
        static final Levels NONE = new Levels(0, 0, 0, 0);
    }

    private final MeterRegistry registry;
    private final Timer wait;
    private final Map<StabiliseGate.Reason, Timer> held = new EnumMap<>(StabiliseGate.Reason.class);
    private final Map<MemberRequest.Reason, Counter> requests = new EnumMap<>(MemberRequest.Reason.class);
    private final Map<Skip, Counter> skipped = new EnumMap<>(Skip.class);
    private volatile Levels levels = Levels.NONE;
    private volatile double position;

    BackfillMetrics(MeterRegistry registry) {
        this.registry = registry;
        wait = Timer.builder("sandgate.shards.backfill.wait")
                .description("How long a shard waited until it might ask for its new guilds").register(registry);
        for (StabiliseGate.Reason reason : StabiliseGate.Reason.values()) {
            held.put(reason, Timer.builder("sandgate.shards.backfill.held")
                    .description("How long a shard asked for its new guilds, by why it ended")
                    .tag("reason", tag(reason))
                    .register(registry));
        }
        for (MemberRequest.Reason reason : MemberRequest.Reason.values()) {
            requests.put(reason, Counter.builder("sandgate.shards.backfill.requests")
                    .description("Member lists that were asked for, by reason").tag("reason", tag(reason))
                    .register(registry));
        }
        for (Skip reason : Skip.values()) {
            skipped.put(reason, Counter.builder("sandgate.shards.backfill.skipped")
                    .description("Guilds whose member list was not asked for, by reason").tag("reason", tag(reason))
                    .register(registry));
        }
        Gauge.builder("sandgate.shards.backfill.inflight", () -> levels.open())
                .description("Member lists that were asked for and are not complete").register(registry);
        Gauge.builder("sandgate.shards.backfill.holding", () -> levels.holding())
                .description("Shards that may ask for their new guilds").register(registry);
        Gauge.builder("sandgate.shards.backfill.waiting", () -> levels.waiting())
                .description("Shards that wait until they may ask for their new guilds").register(registry);
        Gauge.builder("sandgate.shards.backfill.queued", () -> levels.queued())
                .description("New guilds that were not asked for yet").register(registry);
        Gauge.builder("sandgate.shards.backfill.sweep.position", () -> position)
                .description("Which part of the guilds the sweep has behind it in its present round, 0 to 1")
                .register(registry);
    }

    /// A reason's name as it stands in a tag.
    static String tag(Enum<?> reason) {
        return reason.name().toLowerCase(Locale.ROOT);
    }

    void waited(Duration time) {
        wait.record(time);
    }

    void held(StabiliseGate.Reason reason, Duration time) {
        Objects.requireNonNull(held.get(reason)).record(time);
    }

    void requested(MemberRequest.Reason reason) {
        Objects.requireNonNull(requests.get(reason)).increment();
    }

    void skipped(Skip reason) {
        Objects.requireNonNull(skipped.get(reason)).increment();
    }

    void ended(String outcome) {
        Counter.builder("sandgate.shards.backfill.ended")
                .description("Requests for member lists that ended, by outcome")
                .tag("outcome", outcome).register(registry).increment();
    }

    void levels(Levels now) {
        levels = now;
    }

    void position(double now) {
        position = now;
    }

    BackfillView view() {
        Levels now = levels;
        return new BackfillView(now.open(), now.holding(), now.waiting(), now.queued(), position);
    }
}
