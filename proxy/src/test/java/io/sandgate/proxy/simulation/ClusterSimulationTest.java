package io.sandgate.proxy.simulation;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/// After every storm, and two quiet minutes, all replicas have the same routes: all that live, and none that ended.
///
/// `-Dsandgate.simulation.seeds=10000` runs more of them, `-Dsandgate.simulation.first=4711` begins at another one.
class ClusterSimulationTest {
    private static final int SEEDS = Integer.getInteger("sandgate.simulation.seeds", 200);
    private static final int FIRST = Integer.getInteger("sandgate.simulation.first", 1);
    private static final int SEEDS_UNTIL_A_FLAW_SHOWS = 200;

    @Test
    void afterAStorm_allReplicasAgreeOnWhatLives() {
        List<String> failures = new ArrayList<>();
        for (int seed = FIRST; seed < FIRST + SEEDS && failures.size() < 5; seed++) {
            List<String> wrong = new World(seed, Flaw.NONE).run();
            if (!wrong.isEmpty()) {
                failures.add("seed " + seed + ": " + wrong);
            }
        }
        assertThat(failures).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(value = Flaw.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void flaw_isFound(Flaw flaw) {
        for (int seed = 1; seed <= SEEDS_UNTIL_A_FLAW_SHOWS; seed++) {
            if (!new World(seed, flaw).run().isEmpty()) {
                return;
            }
        }
        throw new AssertionError("the simulation is blind for " + flaw);
    }

    @Test
    void sameSeed_isTheSameRun() {
        assertThat(new World(77, Flaw.NONE).fingerprint()).isEqualTo(new World(77, Flaw.NONE).fingerprint());
    }
}
