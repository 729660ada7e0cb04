package io.sandgate.gateway.shard.pacing;

import io.sandgate.gateway.shard.pacing.PacingWorld.Plan;
import io.sandgate.gateway.shard.protocol.ShardId;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/// The whole of pacing against an upstream that forgives nothing.
class PacerSimulationTest {
    private static final int SEEDS = 300;
    private static final Duration DAY = Duration.ofHours(24);
    /// From the first IDENTIFY to the last of 64 for one key.
    private static final Duration FLOOR = Duration.ofSeconds(63 * 5);

    private static Plan large() {
        return new Plan(1024, 16, 4, Duration.ZERO, 1000 + 1024, 5000, DAY);
    }

    @Test
    void fleet_anyFaults_neverIdentifiesTooEarlyOrTooOften() {
        int[] keys = {1, 2, 4, 16};
        for (long seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            Plan plan = new Plan(16 + random.nextInt(33), keys[random.nextInt(4)], 2 + random.nextInt(4),
                    Duration.ofSeconds(30 + random.nextInt(120)), random.nextInt(150), 150,
                    Duration.ofSeconds(120 + random.nextInt(400)));
            PacingWorld world = new PacingWorld(plan, seed);

            try {
                for (int minutes = 0; minutes < 40 && !world.isReady(); minutes++) {
                    world.run(Duration.ofMinutes(1));
                }
            } catch (AssertionError violation) {
                throw new AssertionError("seed " + seed + ", " + plan, violation);
            }

            assertThat(world.isReady()).as("all identified with seed %s, %s", seed, plan).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void fleet_withoutFaults_isIdentifiedInOrderWithinATenthOfTheFloor(long seed) {
        PacingWorld world = new PacingWorld(large(), seed);
        world.run(Duration.ofMinutes(7));

        assertThat(world.isReady()).isTrue();
        assertThat(world.upstream().arrivals()).hasSize(1024);
        assertThat(last(world)).isLessThanOrEqualTo(FLOOR.multipliedBy(110).dividedBy(100));
        List<ShardId> came = world.leader().came();
        for (int key = 0; key < 16; key++) {
            int each = key;
            assertThat(world.upstream().order(key))
                    .isEqualTo(came.stream().filter(shard -> shard.rateLimitKey(16) == each).toList());
        }
    }

    @Test
    void fleet_startsForExactlyAllShards_areEnough() {
        PacingWorld world = new PacingWorld(new Plan(1024, 16, 4, Duration.ZERO, 1024, 5000, DAY), 1);
        world.run(Duration.ofMinutes(7));

        assertThat(world.isReady()).isTrue();
        assertThat(world.upstream().arrivals()).hasSize(1024);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 60, 171, 299, 330})
    void leader_dies_costsItsPermitsAndAWindowOrTwo(int seconds) {
        PacingWorld world = new PacingWorld(large(), seconds);
        world.run(Duration.ofSeconds(seconds));
        world.changeLeader(Duration.ofMillis(500));
        world.run(Duration.ofMinutes(7));

        assertThat(world.isReady()).isTrue();
        assertThat(world.upstream().arrivals()).hasSizeBetween(1024, 1024 + 16);
        Duration takeover = PacingSettings.DEFAULTS.permitLife().plus(PacerDriver.WINDOW.multipliedBy(2));
        assertThat(last(world)).isLessThanOrEqualTo(FLOOR.multipliedBy(110).dividedBy(100).plus(takeover));
    }

    private static Duration last(PacingWorld world) {
        return Duration.ofNanos(world.upstream().arrivals().getLast().at());
    }
}
