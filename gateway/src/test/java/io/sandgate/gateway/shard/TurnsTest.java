package io.sandgate.gateway.shard;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TurnsTest {
    private final VirtualLoop loop = new VirtualLoop(0);
    private final Turns turns = new Turns(loop, 2);
    private final List<String> acted = new ArrayList<>();

    private Runnable ask(String who) {
        return turns.ask(() -> acted.add(who));
    }

    @Test
    void twoTurns_areGivenInOrder_andTheThirdWhenOneEnds() {
        Runnable a = ask("a");
        ask("b");
        ask("c");
        assertThat(acted).as("never at once").isEmpty();
        loop.run();
        assertThat(acted).containsExactly("a", "b");

        a.run();
        loop.run();

        assertThat(acted).containsExactly("a", "b", "c");
    }

    @Test
    void turn_endedTwice_makesRoomOnce() {
        Runnable a = ask("a");
        ask("b");
        ask("c");
        ask("d");
        loop.run();

        a.run();
        a.run();
        loop.run();

        assertThat(acted).containsExactly("a", "b", "c");
    }

    @Test
    void turn_takenBackBeforeItCame_isNotGiven() {
        ask("a");
        ask("b");
        Runnable c = ask("c");
        Runnable d = ask("d");
        loop.run();

        c.run();
        d.run();
        loop.run();

        assertThat(acted).containsExactly("a", "b");
    }

    @Test
    void turn_takenBackAsItComes_makesRoom() {
        Runnable a = ask("a");
        Runnable b = ask("b");
        loop.execute(a);
        loop.execute(b);
        ask("c");
        ask("d");

        loop.run();

        assertThat(acted).contains("c", "d");
    }
}
