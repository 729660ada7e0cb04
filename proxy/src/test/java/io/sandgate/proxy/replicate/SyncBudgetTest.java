package io.sandgate.proxy.replicate;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SyncBudgetTest {
    private static final SyncBudget DEFAULT = SyncBudget.DEFAULT;

    private static Map<String, Object> defaults() {
        return new HashMap<>(Map.ofEntries(Map.entry("request-timeout", DEFAULT.requestTimeout()),
                Map.entry("attempts", DEFAULT.attempts()), Map.entry("backoff", DEFAULT.backoff()),
                Map.entry("backoff-factor", DEFAULT.backoffFactor()), Map.entry("jitter", DEFAULT.jitter()),
                Map.entry("peer-deadline", DEFAULT.peerDeadline()), Map.entry("max-in-flight", DEFAULT.maxInFlight()),
                Map.entry("max-in-flight-slow", DEFAULT.maxInFlightSlow()), Map.entry("wait", DEFAULT.callerWait()),
                Map.entry("slow-after", DEFAULT.slowAfter()), Map.entry("probe-every", DEFAULT.probeEvery()),
                Map.entry("outbox-capacity", DEFAULT.outboxCapacity()),
                Map.entry("batch-routes", DEFAULT.batchRoutes()),
                Map.entry("batch-bytes", DEFAULT.batchBytes())));
    }

    private static SyncBudget budget(Object... changes) {
        Map<String, Object> of = defaults();
        for (int i = 0; i < changes.length; i += 2) {
            of.put((String) changes[i], changes[i + 1]);
        }
        return new SyncBudget(duration(of, "request-timeout"), number(of, "attempts"), duration(of, "backoff"),
                fraction(of, "backoff-factor"), fraction(of, "jitter"), duration(of, "peer-deadline"),
                number(of, "max-in-flight"), number(of, "max-in-flight-slow"), duration(of, "wait"),
                number(of, "slow-after"), duration(of, "probe-every"), number(of, "outbox-capacity"),
                number(of, "batch-routes"), number(of, "batch-bytes"));
    }

    private static Duration duration(Map<String, Object> of, String name) {
        return (Duration) Objects.requireNonNull(of.get(name));
    }

    private static int number(Map<String, Object> of, String name) {
        return (Integer) Objects.requireNonNull(of.get(name));
    }

    private static double fraction(Map<String, Object> of, String name) {
        return (Double) Objects.requireNonNull(of.get(name));
    }

    private static AbstractThrowableAssert<?, ?> assertRefused(Object... changes) {
        return assertThatThrownBy(() -> budget(changes)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void defaults_areThoseOfTheReference() {
        assertThat(DEFAULT).isEqualTo(new SyncBudget(Duration.ofMillis(200), 3, Duration.ofMillis(20), 2, 0.5,
                Duration.ofMillis(600), 64, 8, Duration.ofMillis(50), 3, Duration.ofSeconds(1), 100_000, 1_000,
                256 * 1024));
        assertThat(budget()).isEqualTo(DEFAULT);
    }

    @Test
    void tooSmall_namesTheSettingTheValueAndWhatIsAllowed() {
        for (String name : new String[]{"attempts", "max-in-flight", "max-in-flight-slow", "slow-after",
                "outbox-capacity", "batch-routes", "batch-bytes"}) {
            assertRefused(name, 0).hasMessage("sandgate.sync." + name + ": 0 (expected: at least 1)");
        }
        for (String name : new String[]{"request-timeout", "backoff", "wait", "probe-every"}) {
            assertRefused(name, Duration.ZERO).hasMessage("sandgate.sync." + name + ": 0ms (expected: at least 1ms)");
            assertRefused(name, Duration.ofMillis(-5)).hasMessageContaining("-5ms");
        }
        assertRefused("backoff-factor", 0.9).hasMessage("sandgate.sync.backoff-factor: 0.9 (expected: at least 1)");
        assertRefused("backoff-factor", Double.NaN).hasMessageContaining("backoff-factor: NaN");
        assertRefused("jitter", 1.1).hasMessage("sandgate.sync.jitter: 1.1 (expected: 0 to 1)");
        assertRefused("jitter", -0.1).hasMessageContaining("jitter: -0.1");
        assertRefused("jitter", Double.NaN).hasMessageContaining("jitter: NaN");
    }

    @Test
    void settingsThatContradictEachOther_areRefused() {
        assertRefused("peer-deadline", Duration.ofMillis(199))
                .hasMessage("sandgate.sync.peer-deadline: 199ms (expected: at least 200ms)");
        assertRefused("wait", Duration.ofMillis(601))
                .hasMessage("sandgate.sync.wait: 601ms (expected: at most sandgate.sync.peer-deadline, 600ms)");
        assertRefused("batch-bytes", 1024 * 1024 + 1)
                .hasMessage("sandgate.sync.batch-bytes: 1048577 (expected: at most 1048576)");
    }

    @Test
    void y9_longestSleeps_mustBeLessThanOneRequestTimeout() {
        // (20 + 40) x 1.5
        assertThat(budget("request-timeout", Duration.ofMillis(91)).attempts()).isEqualTo(3);
        assertRefused("request-timeout", Duration.ofMillis(90))
                .hasMessage(
                        "sandgate.sync.backoff: the longest sleeps of 3 attempts add up to 90ms (expected: less than"
                                + " sandgate.sync.request-timeout, 90ms); lower backoff, backoff-factor, jitter or attempts");
        assertRefused("attempts", 5).hasMessageContaining("5 attempts add up to 450ms");
        assertRefused("attempts", 11).hasMessage("sandgate.sync.attempts: 11 (expected: at most 10)");
        assertThat(budget("attempts", 1, "backoff", Duration.ofSeconds(9)).attempts()).isOne();
    }
}
