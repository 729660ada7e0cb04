package io.sandgate.api.health;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HealthChecksTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private long now = 5;
    private final HealthChecks checks = new HealthChecks(Duration.ofSeconds(1), () -> now, meters);
    private final Scripted peer = new Scripted("peer");
    private final Scripted loops = new Scripted("loops");

    @Test
    void replica_beforeItsFirstRound_isHealthy() {
        now += Duration.ofHours(1).toNanos();

        assertThat(checks.failures()).isEmpty();
    }

    @Test
    void round_inWhichAllPass_answersYes() {
        checks.add(peer);
        checks.add(loops);
        CompletableFuture<Boolean> answer = ask();
        peer.last().complete(null);
        assertThat(answer).isNotDone();
        loops.last().complete(null);

        assertThat(answer).isCompletedWithValue(true);
        assertThat(checks.failures()).isEmpty();
        assertThat(healthy()).isEqualTo(1);
    }

    @Test
    void round_inWhichOneFails_answersNoAndSaysWhy() {
        checks.add(peer);
        checks.add(loops);
        CompletableFuture<Boolean> answer = ask();
        peer.last().completeExceptionally(new ProbeFailure("status 503"));
        loops.last().complete(null);

        assertThat(answer).isCompletedWithValue(false);
        assertThat(checks.failures()).isEqualTo(Map.of("peer", "status 503"));
        assertThat(healthy()).isZero();
        passAll(ask());
        assertThat(checks.failures()).isEmpty();
    }

    @Test
    void failures_areCountedOnceTheProbeHasPassed() {
        checks.add(peer);
        fail(ask());
        passAll(ask());
        fail(ask());
        fail(ask());

        assertThat(meters.get("sandgate.health.failures").tag("probe", "peer").counter().count()).isEqualTo(2);
    }

    @Test
    void probe_thatNeverAnswers_failsTheRoundInTime() {
        checks.add(peer);

        assertThat(ask()).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(false);
        assertThat(checks.failures()).isEqualTo(Map.of("peer", "no answer within 1500 ms"));
    }

    @Test
    void probe_thatThrows_isAFailure() {
        checks.add(new Probe() {
            @Override
            public String name() {
                return "broken";
            }

            @Override
            public CompletionStage<Void> ask() {
                throw new IllegalStateException("no client");
            }
        });

        assertThat(ask()).isCompletedWithValue(false);
        assertThat(checks.failures()).isEqualTo(Map.of("broken", "no client"));
    }

    @Test
    void whoAsksDuringARound_getsItsAnswer() {
        checks.add(peer);
        CompletableFuture<Boolean> first = ask();
        CompletableFuture<Boolean> second = ask();

        assertThat(peer.asked).hasSize(1);
        peer.last().complete(null);
        assertThat(first).isCompletedWithValue(true);
        assertThat(second).isCompletedWithValue(true);
    }

    @Test
    void probe_thatIsRemoved_isAskedNoMore() {
        checks.add(peer);
        checks.add(loops);
        checks.remove("peer");
        CompletableFuture<Boolean> answer = ask();
        loops.last().complete(null);

        assertThat(answer).isCompletedWithValue(true);
        assertThat(peer.asked).isEmpty();
    }

    @Test
    void rounds_thatEndNoMore_areAFailureOfTheirOwn() {
        checks.add(peer);
        passAll(ask());
        now += Duration.ofSeconds(4).toNanos();
        assertThat(checks.failures()).isEmpty();
        now += 1_000_000;

        assertThat(checks.failures()).isEqualTo(Map.of("rounds", "no round of probes has ended for 4001 ms"));
    }

    private double healthy() {
        return meters.get("sandgate.health.healthy").gauge().value();
    }

    private CompletableFuture<Boolean> ask() {
        return checks.answers().toCompletableFuture();
    }

    private void passAll(CompletableFuture<Boolean> round) {
        List.of(peer, loops).forEach(probe -> probe.asked.forEach(question -> question.complete(null)));
        assertThat(round).isCompletedWithValue(true);
    }

    private void fail(CompletableFuture<Boolean> round) {
        peer.last().completeExceptionally(new ProbeFailure("no"));
        assertThat(round).isCompletedWithValue(false);
    }

    /// A probe that answers when the test says so.
    private static final class Scripted implements Probe {
        private final String name;
        private final List<CompletableFuture<Void>> asked = new ArrayList<>();

        Scripted(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public CompletionStage<Void> ask() {
            asked.add(new CompletableFuture<>());
            return last();
        }

        CompletableFuture<Void> last() {
            return asked.getLast();
        }
    }
}
