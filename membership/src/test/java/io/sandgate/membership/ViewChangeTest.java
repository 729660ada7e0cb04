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

        assertThat(change).isEqualTo(new ViewChange<>(Set.of("A", "B", "C"), Set.of("B", "C"), true));
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
    void replica_thatTheMajorityWentOnWithout_hasReturned() {
        Set<String> all = Set.of("A", "B", "C", "D");

        assertThat(ViewChange.merged("self", all, all, List.of(Set.of("A", "B", "C", "D"), Set.of("self", "A", "B", "C",
                "D"))).returned()).as("a sleeper with the old view").isTrue();
        assertThat(ViewChange.merged("self", Set.of("A"), all, List.of(Set.of("self", "A"), Set.of("B", "C", "D")))
                .returned()).as("the smaller half").isTrue();
        assertThat(ViewChange.merged("self", Set.of("A", "B"), all, List.of(Set.of("self", "A", "B"), Set.of("C", "D")))
                .returned()).as("the larger half").isFalse();
        assertThat(ViewChange.merged("self", Set.of(), Set.of("A"), List.of(Set.of("self"), Set.of("A"))).returned())
                .as("one of two halves").isTrue();
        assertThat(ViewChange.plain(all).returned()).isFalse();
    }

    @Test
    void twoChanges_asOne_keepWhoCameBackAndStayed() {
        var first = new ViewChange<>(Set.of("A", "B", "C"), Set.of("A", "B"), true);
        var second = new ViewChange<>(Set.of("B", "C"), Set.of("C"), false);

        assertThat(first.then(second)).isEqualTo(new ViewChange<>(Set.of("B", "C"), Set.of("B", "C"), true));
    }
}
