package io.sandgate.membership;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jgroups.Address;
import org.jgroups.Event;
import org.jgroups.View;
import org.jgroups.protocols.MERGE3;
import org.jgroups.stack.Protocol;
import org.jgroups.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class MergePaceTest {

    /// Notes how often is looked when a view arrives below.
    private static final class Below extends Protocol {
        final List<Long> intervals = new ArrayList<>();
        private final MERGE3 merge;

        Below(MERGE3 merge) {
            this.merge = merge;
        }

        @Override
        public Object down(Event event) {
            intervals.add(merge.getMaxInterval());
            return event;
        }
    }

    private final ClusterTimers timers = ClusterTimers.tuned();
    private final MERGE3 merge = new MERGE3();
    private final Below below = new Below(merge);
    private final MergePace pace = new MergePace(merge, 3, timers);

    @BeforeEach
    void build() {
        merge.setMaxInterval(timers.mergeMax().toMillis());
        merge.setMinInterval(timers.mergeMin().toMillis());
        pace.setDownProtocol(below);
    }

    @Test
    void looks_areRareOnlyWhileNobodyIsMissing_andKnownBeforeTheViewIsBelow() {
        long often = timers.mergeMax().toMillis();
        view(1);
        view(3);
        view(2);
        view(4);
        view(3);
        assertThat(below.intervals).containsExactly(often, 5 * often, often, 5 * often, 5 * often);
        assertThat(merge.getMinInterval()).isEqualTo(5 * timers.mergeMin().toMillis());
        view(2);
        assertThat(merge.getMinInterval()).isEqualTo(timers.mergeMin().toMillis());
    }

    @Test
    void otherEvents_changeNothing() {
        pace.down(new Event(Event.DISCONNECT));
        assertThat(below.intervals).containsExactly(timers.mergeMax().toMillis());
    }

    private void view(int members) {
        Address[] addresses = IntStream.range(0, members).mapToObj(i -> UUID.randomUUID()).toArray(Address[]::new);
        pace.down(new Event(Event.VIEW_CHANGE, View.create(addresses[0], 1, addresses)));
    }
}
