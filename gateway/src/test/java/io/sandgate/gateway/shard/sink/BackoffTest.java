package io.sandgate.gateway.shard.sink;

import java.time.Duration;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class BackoffTest {
    private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));

    @Test
    void bound_failuresInARow_doublesUpToTheMost() {
        assertThat(IntStream.of(1, 2, 3, 4, 5, 6, 7, Integer.MAX_VALUE).mapToObj(BACKOFF::bound))
                .extracting(Duration::toSeconds).containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L, 30L);
    }

    @Test
    void draw_manyTimes_fillsAllUpToTheBound() {
        Random random = new Random(4);
        long least = Long.MAX_VALUE;
        long most = 0;
        for (int i = 0; i < 10_000; i++) {
            long draw = BACKOFF.draw(3, random).toNanos();
            least = Math.min(least, draw);
            most = Math.max(most, draw);
        }
        assertThat(least).isBetween(0L, Duration.ofMillis(40).toNanos());
        assertThat(most).isBetween(Duration.ofMillis(3960).toNanos(), Duration.ofSeconds(4).toNanos());
    }

    @Test
    void backoff_thatDoesNotGrow_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Backoff(Duration.ZERO, Duration.ofSeconds(1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(1)));
    }
}
