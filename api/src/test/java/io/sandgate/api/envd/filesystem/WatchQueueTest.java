package io.sandgate.api.envd.filesystem;

import io.sandgate.sandbox.runtime.SandboxFiles.Change;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class WatchQueueTest {

    private static final String LONG = "n".repeat(4_096);
    private static final int LONG_ONES = WatchQueue.MAX_CHARACTERS / LONG.length();

    private final WatchQueue queue = new WatchQueue(() -> {});

    private void change(String name, int times) {
        for (int i = 0; i < times; i++) {
            queue.changed(Change.CREATE, name);
        }
    }

    @Test
    void changed_moreOftenThanTheBound_endsTheWatchOnceAllWasTaken() {
        change("a", WatchQueue.MAX + 1);

        assertThat(queue.end()).isEmpty();
        assertThat(queue.take(2 * WatchQueue.MAX)).hasSize(WatchQueue.MAX);
        assertThat(queue.end()).hasValueSatisfying(reason -> assertThat(reason).contains("4096"));
    }

    @Test
    void changed_underLongNames_endsTheWatchBeforeTheyTakeMuch() {
        change(LONG, LONG_ONES + 1);

        assertThat(queue.take(WatchQueue.MAX)).hasSize(LONG_ONES);
        assertThat(queue.end()).isPresent();
    }

    @Test
    void take_makesRoomForFurtherNames() {
        change(LONG, LONG_ONES);
        assertThat(queue.take(LONG_ONES)).hasSize(LONG_ONES);

        change(LONG, LONG_ONES);

        assertThat(queue.take(WatchQueue.MAX)).hasSize(LONG_ONES);
        assertThat(queue.end()).isEmpty();
    }
}
