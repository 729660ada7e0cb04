package io.sandgate.sandbox;

import io.sandgate.sandbox.runtime.Usage;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class UsageHistoryTest {

    private static final long START = 1_800_000_000;
    private static final long TIB = 1L << 40;

    private final UsageHistory history = new UsageHistory();

    @Test
    void measurement_isFoundAsItWas() {
        Usage usage = new Usage(Instant.ofEpochSecond(START), 4, 12.5, 1 << 30, 300 << 20, 7 << 20, 10 * TIB, 3 * TIB);

        history.add(usage);

        assertThat(history.between(0, Long.MAX_VALUE)).containsExactly(usage);
    }

    @Test
    void nothingMeasured_isEmpty() {
        assertThat(history.between(0, Long.MAX_VALUE)).isEmpty();
    }

    @Test
    void moreThanItHolds_keepsTheLast() {
        for (int i = 0; i < UsageHistory.MOST + 100; i++) {
            history.add(at(i * 5));
        }

        List<Long> seconds = seconds(0, Long.MAX_VALUE);

        assertThat(seconds).hasSize(UsageHistory.MOST).isSorted().startsWith(START + 500)
                .endsWith(START + (UsageHistory.MOST + 99) * 5L);
    }

    @Test
    void span_holdsBothItsEnds() {
        for (int i = 0; i < 10; i++) {
            history.add(at(i));
        }

        assertThat(seconds(START + 3, START + 5)).containsExactly(START + 3, START + 4, START + 5);
        assertThat(seconds(START + 9, START + 9)).containsExactly(START + 9);
        assertThat(seconds(START + 10, Long.MAX_VALUE)).isEmpty();
        assertThat(seconds(0, START - 1)).isEmpty();
    }

    @Test
    void moreThanFourTebibytes_isShownAsFour() {
        history.add(new Usage(Instant.ofEpochSecond(START), 1, 0, 1, 1024, 0, 9 * TIB, 9 * TIB));

        assertThat(history.between(START, START).getFirst().diskUsed()).isEqualTo(4 * TIB - 1024);
    }

    private List<Long> seconds(long from, long to) {
        return history.between(from, to).stream().map(usage -> usage.time().getEpochSecond()).toList();
    }

    private static Usage at(int second) {
        return new Usage(Instant.ofEpochSecond(START + second), 1, 0, 1024, 0, 0, 1024, 0);
    }
}
