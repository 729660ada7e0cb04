package io.sandgate.gateway.shard.backfill;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.gateway.shard.protocol.ShardId;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

class StabiliseGateTest {
    private static final long SECOND = 1_000_000_000L;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final StabiliseGate gate = new StabiliseGate(BackfillRig.settings(2, 0, 0), new BackfillMetrics(registry));
    private final Set<ShardId> drained = new HashSet<>();

    @Test
    void join_moreThanTheGateTakes_letsThemInInTheOrderInWhichTheyCame() {
        for (int number : new int[]{3, 1, 2, 0}) {
            gate.join(shard(number), 0);
        }
        turn(0);
        assertThat(gate.holders()).containsExactly(shard(3), shard(1));
        drained.add(shard(1));
        turn(5);
        assertThat(gate.holders()).containsExactly(shard(3), shard(2));
        assertThat(gate.waiting()).isEqualTo(1);
    }

    @Test
    void join_again_keepsThePlaceAndTheTime() {
        gate.join(shard(0), 0);
        gate.join(shard(1), 0);
        gate.join(shard(2), 0);
        gate.join(shard(3), 0);
        turn(0);
        gate.join(shard(2), SECOND);
        gate.join(shard(0), SECOND);
        assertThat(gate.waiting()).isEqualTo(2);
        drained.add(shard(0));
        turn(10);
        assertThat(gate.holders()).containsExactly(shard(1), shard(2));
        assertThat(registry.get("sandgate.shards.backfill.wait").timer().max(TimeUnit.SECONDS)).isEqualTo(10);
    }

    @Test
    void hold_drainedAtOnce_lastsForTheShortestTime() {
        gate.join(shard(0), 0);
        drained.add(shard(0));
        turn(0);
        gate.turn(SECOND - 1, drained::contains);
        assertThat(gate.holders()).containsExactly(shard(0));
        turn(1);
        assertThat(gate.holders()).isEmpty();
        assertThat(held("drained")).isEqualTo(1);
    }

    @Test
    void hold_neverDrained_endsAtTheLongestTime() {
        gate.join(shard(0), 0);
        turn(0);
        assertThat(gate.untilMax(50 * SECOND)).isEqualTo(Duration.ofSeconds(70));
        gate.turn(120 * SECOND - 1, drained::contains);
        assertThat(gate.holders()).containsExactly(shard(0));
        turn(120);
        assertThat(gate.holders()).isEmpty();
        assertThat(held("max")).isEqualTo(1);
    }

    @Test
    void leave_whileItHolds_releasesOnce() {
        gate.join(shard(0), 0);
        gate.join(shard(1), 0);
        gate.join(shard(2), 0);
        turn(0);
        gate.leave(shard(0), SECOND);
        gate.leave(shard(0), SECOND);
        turn(1);
        assertThat(gate.holders()).containsExactly(shard(1), shard(2));
        assertThat(held("disconnect")).isEqualTo(1);
    }

    @Test
    void leave_whileItWaits_costsNoTurn() {
        for (int number = 0; number < 4; number++) {
            gate.join(shard(number), 0);
        }
        turn(0);
        gate.leave(shard(2), SECOND);
        drained.add(shard(0));
        turn(2);
        assertThat(gate.holders()).containsExactly(shard(1), shard(3));
        assertThat(registry.get("sandgate.shards.backfill.held").tag("reason", "disconnect").timer().count()).isZero();
    }

    @Test
    void log_ofAHold_hasTheLinesThatOperatorsLookFor() {
        var lines = new ListAppender<ILoggingEvent>();
        lines.start();
        Logger logger = (Logger) LoggerFactory.getLogger(StabiliseGate.class);
        logger.addAppender(lines);
        try {
            gate.join(shard(0), 0);
            turn(2);
            drained.add(shard(0));
            turn(5);
        } finally {
            logger.detachAppender(lines);
        }
        assertThat(lines.list).extracting(ILoggingEvent::getFormattedMessage).containsExactly(
                "stabilize semaphore acquired shard=0/8 wait=PT2S holding=1 waiting=0",
                "stabilize semaphore released shard=0/8 held=PT3S reason=drained");
    }

    private void turn(long second) {
        gate.turn(second * SECOND, drained::contains);
    }

    private long held(String reason) {
        return registry.get("sandgate.shards.backfill.held").tag("reason", reason).timer().count();
    }

    private static ShardId shard(int number) {
        return new ShardId(number, 8);
    }
}
