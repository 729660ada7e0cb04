package io.sandgate.proxy.replicate;

import io.sandgate.proxy.replicate.RequestPermits.Purpose;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RequestPermitsTest {
    private final List<String> granted = new ArrayList<>();

    private void acquire(RequestPermits permits, Purpose purpose, String name) {
        permits.acquire(purpose, () -> granted.add(name));
    }

    @Test
    void acquire_beyondTheBound_waitsInLine() {
        RequestPermits permits = new RequestPermits(2, 1);
        for (String name : List.of("a", "b", "c", "d")) {
            acquire(permits, Purpose.PUSH, name);
        }
        assertThat(granted).containsExactly("a", "b");
        assertThat(permits.inFlight()).isEqualTo(2);
        permits.release(Purpose.PUSH);
        assertThat(granted).containsExactly("a", "b", "c");
        permits.release(Purpose.PUSH);
        permits.release(Purpose.PUSH);
        permits.release(Purpose.PUSH);
        assertThat(granted).containsExactly("a", "b", "c", "d");
        assertThat(permits.inFlight()).isZero();
    }

    @Test
    void probesAndLookups_takeOnlyTheirShare() {
        RequestPermits permits = new RequestPermits(16, 3);
        for (int i = 0; i < 20; i++) {
            acquire(permits, Purpose.PROBE, "probe");
            acquire(permits, Purpose.LOOKUP, "lookup");
        }
        assertThat(granted).filteredOn("probe"::equals).hasSize(3);
        assertThat(granted).filteredOn("lookup"::equals).hasSize(4);
        for (int i = 0; i < 20; i++) {
            acquire(permits, Purpose.PUSH, "push");
        }
        assertThat(granted).filteredOn("push"::equals).hasSize(9);
        assertThat(permits.inFlight()).isEqualTo(16);
    }

    @Test
    void probes_neverTakeEveryPermit() {
        RequestPermits permits = new RequestPermits(4, 8);
        for (int i = 0; i < 9; i++) {
            acquire(permits, Purpose.PROBE, "probe");
        }
        acquire(permits, Purpose.PUSH, "push");
        assertThat(granted).hasSize(4).endsWith("push");
    }

    @Test
    void line_isServedInTheOrderOfArrivalWhateverTheyAreFor() {
        RequestPermits permits = new RequestPermits(1, 1);
        acquire(permits, Purpose.PUSH, "first");
        acquire(permits, Purpose.PROBE, "probe");
        acquire(permits, Purpose.PUSH, "push");
        acquire(permits, Purpose.LOOKUP, "lookup");
        permits.release(Purpose.PUSH);
        permits.release(Purpose.PROBE);
        permits.release(Purpose.PUSH);
        assertThat(granted).containsExactly("first", "probe", "push", "lookup");
    }

    @Test
    void granted_thatGivesBackAtOnce_doesNotNest() {
        RequestPermits permits = new RequestPermits(1, 1);
        acquire(permits, Purpose.PUSH, "first");
        for (int i = 0; i < 100_000; i++) {
            permits.acquire(Purpose.PUSH, () -> permits.release(Purpose.PUSH));
        }
        permits.release(Purpose.PUSH);
        assertThat(permits.inFlight()).isZero();
    }

    @Test
    void randomUse_neverExceedsABoundAndNeverLeavesAPermitUnused() {
        for (long seed = 1; seed <= 500; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int max = random.nextInt(1, 12);
            RequestPermits permits = new RequestPermits(max, random.nextInt(1, 6));
            Queue<Purpose> held = new ArrayDeque<>();
            Map<Purpose, Integer> waiting = new EnumMap<>(Purpose.class);
            for (int step = 0; step < 200; step++) {
                if (random.nextBoolean() || held.isEmpty()) {
                    Purpose purpose = List.of(Purpose.values()).get(random.nextInt(3));
                    waiting.merge(purpose, 1, Integer::sum);
                    permits.acquire(purpose, () -> {
                        waiting.merge(purpose, -1, Integer::sum);
                        held.add(purpose);
                    });
                } else {
                    permits.release(held.remove());
                }
                assertThat(permits.inFlight()).isEqualTo(held.size()).isLessThanOrEqualTo(max);
                if (waiting.getOrDefault(Purpose.PUSH, 0) > 0) {
                    assertThat(held).as("whoever could go on does").hasSize(max);
                }
            }
            while (!held.isEmpty()) {
                permits.release(held.remove());
            }
            assertThat(waiting.values()).allMatch(left -> left == 0);
            assertThat(permits.inFlight()).isZero();
        }
    }
}
