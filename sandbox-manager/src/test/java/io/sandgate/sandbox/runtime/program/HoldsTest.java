package io.sandgate.sandbox.runtime.program;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(20)
class HoldsTest {

    private final List<Boolean> switched = new ArrayList<>();
    private final Holds holds = new Holds(switched::add);

    @BeforeEach
    void enter() {
        holds.enter("one");
        holds.enter("two");
    }

    @Test
    void hold_byOneOfTwo_lastsUntilBothLetGo() {
        holds.hold("one", true);
        holds.hold("two", true);
        holds.hold("one", false);
        assertThat(switched.getLast()).isTrue();

        holds.hold("two", false);
        assertThat(switched.getLast()).isFalse();
    }

    @Test
    void leave_ofOneWhoHolds_letsItFlow() {
        holds.hold("one", true);
        holds.leave("one");
        assertThat(switched).containsExactly(true, false);
    }

    @Test
    void hold_byOneWhoLeft_doesNothing() {
        holds.leave("one");
        holds.hold("one", true);
        assertThat(switched).isEmpty();
    }

    @Test
    void hold_whileAnotherLetsGo_isNotLost() throws Exception {
        List<Boolean> last = new ArrayList<>();
        List<Holds> self = new ArrayList<>();
        Thread other = Thread.ofPlatform().unstarted(() -> self.getFirst().hold("two", true));
        self.add(new Holds(hold -> {
            if (!hold) {
                // the other one comes in between, if it can
                other.start();
                while (other.getState() == Thread.State.NEW || other.getState() == Thread.State.RUNNABLE) {
                    Thread.onSpinWait();
                }
            }
            last.add(hold);
        }));
        self.getFirst().enter("one");
        self.getFirst().enter("two");
        self.getFirst().hold("one", true);

        self.getFirst().hold("one", false);

        other.join();
        assertThat(last).containsExactly(true, false, true);
    }
}
