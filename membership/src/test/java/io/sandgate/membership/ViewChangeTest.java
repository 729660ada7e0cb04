package io.sandgate.membership;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ViewChangeTest {

    @Test
    void halves_thatWereDisjoint_bringBackTheOtherHalf() {
        var change = ViewChange.merged("self", Set.of("A"), Set.of("A", "B", "C"),
                List.of(Set.of("self", "A"), Set.of("B", "C")));

        assertThat(change).isEqualTo(new ViewChange<>(Set.of("A", "B", "C"), Set.of("B", "C")));
    }

    @Test
    void replica_thatWokeUpWithTheOldView_bringsBackEveryone() {
        var change = ViewChange.merged("self", Set.of("A", "B"), Set.of("A", "B"),
                List.of(Set.of("A", "B"), Set.of("self", "A", "B")));

        assertThat(change.cameBack()).containsExactlyInAnyOrder("A", "B");
    }

    @Test
    void replica_thatWokeUpWithTheOldView_isTheOnlyOneBackForTheOthers() {
        var change = ViewChange.merged("self", Set.of("A"), Set.of("A", "sleeper"),
                List.of(Set.of("self", "A"), Set.of("self", "A", "sleeper")));

        assertThat(change.cameBack()).containsExactly("sleeper");
    }

    @Test
    void member_thatNoSubgroupSeparates_isBackWhenItWasNotInTheViewBefore() {
        var change = ViewChange.merged("self", Set.of(), Set.of("A"), List.of(Set.of("self", "A")));

        assertThat(change.cameBack()).containsExactly("A");
    }

    @Test
    void twoChanges_asOne_keepWhoCameBackAndStayed() {
        var first = new ViewChange<>(Set.of("A", "B", "C"), Set.of("A", "B"));
        var second = new ViewChange<>(Set.of("B", "C"), Set.of("C"));

        assertThat(first.then(second)).isEqualTo(new ViewChange<>(Set.of("B", "C"), Set.of("B", "C")));
    }
}
