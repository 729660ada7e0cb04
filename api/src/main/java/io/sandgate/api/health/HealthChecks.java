package io.sandgate.api.health;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.sandgate.membership.LivenessProbe;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All probes of a replica as one: it is healthy when all of them passed in the last round, and that was not long ago.
///
/// One round at a time; who asks while one is under way gets its answer. Time that a probe takes is bounded by a clock that
/// runs on none of the event loops that are probed. May be used from any thread.
public final class HealthChecks implements LivenessProbe {
    /// What one probe may take.
    public static final Duration DEADLINE = Duration.ofMillis(1_500);

    private static final Logger log = LoggerFactory.getLogger(HealthChecks.class);
    private static final String ROUNDS = "rounds";

    /// How a round ended.
    ///
    /// @param failures by probe, what is wrong
    private record Round(long endedAt, Map<String, String> failures) {}

    private final List<Probe> probes = new CopyOnWriteArrayList<>();
    private final Set<String> passed = ConcurrentHashMap.newKeySet();
    private final Duration longestPause;
    private final LongSupplier nanoTime;
    private final MeterRegistry meters;
    private volatile @Nullable Round last;
    /// Guarded by this.
    private @Nullable CompletableFuture<Boolean> underWay;

    /// @param heartbeat how often it will be asked
    public HealthChecks(Duration heartbeat, LongSupplier nanoTime, MeterRegistry meters) {
        this.longestPause = heartbeat.plus(DEADLINE).plus(DEADLINE);
        this.nanoTime = nanoTime;
        this.meters = meters;
        Gauge.builder("sandgate.health.healthy", this, checks -> checks.failures().isEmpty() ? 1 : 0)
                .description("Whether all probes of this replica passed in the last round").strongReference(true)
                .register(meters);
    }

    /// Asks this probe too, from the next round on.
    public void add(Probe probe) {
        probes.add(probe);
    }

    /// Asks the probe of that name no more.
    public void remove(String name) {
        probes.removeIf(probe -> probe.name().equals(name));
    }

    /// What is wrong, by probe; empty when the replica is healthy, and before the first round has ended.
    public Map<String, String> failures() {
        Round round = last;
        if (round == null) {
            return Map.of();
        }
        Duration age = Duration.ofNanos(nanoTime.getAsLong() - round.endedAt);
        return age.compareTo(longestPause) <= 0
                ? round.failures
                : Map.of(ROUNDS, "no round of probes has ended for " + age.toMillis() + " ms");
    }

    @Override
    public CompletionStage<Boolean> answers() {
        CompletableFuture<Boolean> round = new CompletableFuture<>();
        synchronized (this) {
            if (underWay != null) {
                return underWay.minimalCompletionStage();
            }
            underWay = round;
        }
        Map<String, String> failures = new ConcurrentHashMap<>();
        CompletableFuture<?>[] asked = probes.stream().map(probe -> ask(probe, failures))
                .toArray(CompletableFuture[]::new);
        var _ = CompletableFuture.allOf(asked).whenComplete((ignored, error) -> end(round, failures));
        return round.minimalCompletionStage();
    }

    private CompletableFuture<Void> ask(Probe probe, Map<String, String> failures) {
        Timer.Sample sample = Timer.start(meters);
        CompletableFuture<Void> answer = new CompletableFuture<>();
        try {
            probe.ask().whenComplete((ignored, error) -> {
                if (error == null) {
                    answer.complete(null);
                } else {
                    answer.completeExceptionally(error);
                }
            });
        } catch (RuntimeException e) {
            answer.completeExceptionally(e);
        }
        return answer.orTimeout(DEADLINE.toMillis(), TimeUnit.MILLISECONDS).handle((ignored, error) -> {
            sample.stop(Timer.builder("sandgate.health.probe").description("What the probes of this replica took")
                    .tag("probe", probe.name()).tag("outcome", error == null ? "passed" : "failed").register(meters));
            if (error == null) {
                passed.add(probe.name());
            } else {
                failures.put(probe.name(), reason(error));
            }
            return null;
        });
    }

    private void end(CompletableFuture<Boolean> round, Map<String, String> failures) {
        Round before = last;
        last = new Round(nanoTime.getAsLong(), Map.copyOf(new TreeMap<>(failures)));
        synchronized (this) {
            underWay = null;
        }
        tell(before == null ? Map.of() : before.failures, failures);
        round.complete(failures.isEmpty());
    }

    /// A listener that has not answered yet is starting, which is nothing to warn of.
    private void tell(Map<String, String> before, Map<String, String> now) {
        now.forEach((probe, reason) -> {
            if (passed.contains(probe)) {
                failed(probe);
                if (!before.containsKey(probe)) {
                    log.warn("probe.failed probe={} reason=\"{}\"", probe, reason);
                }
            }
        });
        before.keySet().stream().filter(probe -> !now.containsKey(probe) && passed.contains(probe))
                .forEach(probe -> log.info("probe.passed probe={}", probe));
    }

    private void failed(String probe) {
        Counter.builder("sandgate.health.failures")
                .description("Probes of this replica that failed after they had passed before").tag("probe", probe)
                .register(meters).increment();
    }

    private static String reason(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof TimeoutException) {
            return "no answer within " + DEADLINE.toMillis() + " ms";
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
