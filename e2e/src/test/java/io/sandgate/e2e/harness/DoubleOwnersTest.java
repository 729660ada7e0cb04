package io.sandgate.e2e.harness;

import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DoubleOwnersTest {

    @Test
    void replica_thatStoodStillAndGoesOn_isFound() {
        List<HandedOn> events = List.of(event(1, "a", 1), event(4, "b", 1), event(5, "b", 2), event(6, "a", 2));

        DoubleOwners owners = DoubleOwners.sinceTrouble(events, "a", 3);

        assertThat(owners.requests()).isOne();
        assertThat(owners.time()).hasNanos(2);
    }

    @Test
    void owner_fromBeforeTheTrouble_mayRepeatWhatTheLostOneHandedOn() {
        List<HandedOn> events = List.of(event(0, "b", 1), event(1, "a", 2), event(2, "a", 3), event(4, "b", 2),
                event(5, "b", 3), event(6, "a", 4));

        DoubleOwners owners = DoubleOwners.sinceTrouble(events, "a", 3);

        assertThat(owners.found()).isEmpty();
        assertThat(owners.moves()).isEqualTo(2);
    }

    private static HandedOn event(long nanos, String replica, long sequence) {
        return new HandedOn(nanos, replica, 1, "s", sequence, 0);
    }
}
