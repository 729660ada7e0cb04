package io.sandgate.membership;

import java.time.Duration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReturnsTest {
    private final ManualLoop loop = new ManualLoop();
    private final Returns returns = new Returns(loop, loop::nanoTime);
    private int told;

    @Test
    void firstReturn_isToldAtOnce_alsoWhenAListenerFails() {
        returns.onReturned(() -> {
            throw new IllegalStateException("a listener that fails on purpose");
        });
        returns.onReturned(() -> told++);

        returns.returned();
        loop.drain();

        assertThat(told).isEqualTo(1);
    }

    @Test
    void replicaThatFlaps_isToldOncePerWhile_andTheLastReturnIsNotForgotten() {
        returns.onReturned(() -> told++);
        for (int i = 0; i < 100; i++) {
            returns.returned();
            loop.advance(Duration.ofSeconds(1));
        }
        assertThat(told).as("in 100 s").isEqualTo(4);

        loop.advance(Duration.ofSeconds(30));
        assertThat(told).isEqualTo(5);
        loop.advance(Duration.ofMinutes(10));
        assertThat(told).isEqualTo(5);
    }
}
