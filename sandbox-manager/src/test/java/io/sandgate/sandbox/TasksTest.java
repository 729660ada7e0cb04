package io.sandgate.sandbox;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(30)
class TasksTest {

    private final IllegalStateException expected = new IllegalStateException("expected by the test");

    /// What the second does must not come after what undoes both.
    @Test
    void both_firstFails_waitsForTheSecondAllTheSame() throws Exception {
        CountDownLatch free = new CountDownLatch(1);
        AtomicBoolean ended = new AtomicBoolean();
        AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
        Thread caller = Thread.ofVirtual().start(() -> {
            try {
                Tasks.both(() -> {
                    throw expected;
                }, () -> {
                    await(free);
                    ended.set(true);
                });
            } catch (RuntimeException e) {
                failure.set(e);
            }
        });
        while (caller.getState() != Thread.State.WAITING && caller.isAlive()) {
            Thread.onSpinWait();
        }

        assertThat(caller.isAlive()).isTrue();
        free.countDown();
        caller.join();
        assertThat(ended).isTrue();
        assertThat(failure.get()).isSameAs(expected);
    }

    @Test
    void both_secondFails_isTold() {
        AtomicBoolean ended = new AtomicBoolean();

        assertThatThrownBy(() -> Tasks.both(() -> ended.set(true), () -> {
            throw expected;
        })).isSameAs(expected);

        assertThat(ended).isTrue();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
