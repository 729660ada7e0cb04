package io.sandgate.gateway.shard.assign;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AssignWorldTest {

    @Test
    void everySeed_nobodyActsBesideAnother_andAllIsInPlaceInTheEnd() {
        List<String> problems = new ArrayList<>();
        int reigns = 0;
        int moves = 0;
        int takeovers = 0;
        int halves = 0;
        for (int seed = 0; seed < 300; seed++) {
            AssignWorld world = new AssignWorld(seed);
            world.run();
            int number = seed;
            world.problem().ifPresent(problem -> problems.add("seed " + number + ": " + problem));
            reigns += world.reigns();
            moves += world.moves();
            takeovers += world.takeovers();
            halves += world.halves();
        }

        assertThat(problems).isEmpty();
        assertThat(reigns).isGreaterThan(1_000);
        assertThat(moves).isGreaterThan(3_000);
        assertThat(takeovers).isGreaterThan(3_000);
        assertThat(halves).isGreaterThan(100);
    }

    @Test
    void leadersResign_nothingElseHappens_noLeaseLapsesOrMoves() {
        List<String> problems = new ArrayList<>();
        for (int seed = 0; seed < 40; seed++) {
            AssignWorld world = new AssignWorld(seed);
            world.runInPeace();
            int number = seed;
            world.problem().ifPresent(problem -> problems.add("seed " + number + ": " + problem));
        }

        assertThat(problems).isEmpty();
    }
}
