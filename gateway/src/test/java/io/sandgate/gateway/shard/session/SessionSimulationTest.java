package io.sandgate.gateway.shard.session;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// What must hold whatever happens: nothing is left out at the sink, IDENTIFY only with a permit, heartbeats in time, no more
/// sends than may be, nothing done by an attempt that is over, and live in the end.
class SessionSimulationTest {
    private static final int SEEDS = 300;

    @Test
    void session_anyFaults_keepsWhatItPromises() {
        Map<Integer, String> problems = new TreeMap<>();
        Map<String, Integer> happened = new TreeMap<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            SessionWorld world = new SessionWorld(seed);
            world.run();
            int number = seed;
            world.problem().ifPresent(problem -> problems.put(number, problem));
            world.happened().forEach((what, count) -> happened.merge(what, count, Integer::sum));
        }
        assertThat(problems).as("by seed").isEmpty();
        assertThat(happened).allSatisfy((what, count) -> assertThat(count).as(what).isGreaterThan(5 * SEEDS));
    }
}
