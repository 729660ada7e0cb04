package io.sandgate.api.health;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class EventLoopProbeTest {
    private final Queue<Runnable> blocked = new ArrayDeque<>();
    private long now = 7;
    private final EventLoopProbe probe = new EventLoopProbe(List.<Executor>of(Runnable::run, blocked::add),
            Duration.ofSeconds(1), Duration.ofSeconds(2), () -> now);

    @Test
    void loops_thatAnswerTheirTicks_pass() {
        for (int i = 0; i < 10; i++) {
            assertPasses();
            blocked.remove().run();
            seconds(1);
        }
    }

    @Test
    void loop_thatIsBlocked_failsWhenItsTickIsOlderThanTheBound_andIsAskedOnce() {
        assertPasses();
        seconds(1);
        assertPasses();
        seconds(1);
        assertPasses();
        seconds(1);
        assertFails("1 of 2 event loops have not answered for up to 3000 ms");
        seconds(1);
        assertFails("1 of 2 event loops have not answered for up to 4000 ms");
        assertThat(blocked).hasSize(1);

        blocked.remove().run();
        assertPasses();
    }

    @Test
    void asker_thatWasHeldUp_givesTheLoopsTheirTimeAnew() {
        assertPasses();
        seconds(60);
        assertPasses();
        seconds(1);
        assertPasses();
        seconds(2);

        assertFails("1 of 2 event loops have not answered for up to 3000 ms");
    }

    @Test
    void loop_thatTakesNoTask_fails() {
        EventLoopProbe closed = new EventLoopProbe(List.<Executor>of(task -> {
            throw new RejectedExecutionException();
        }), Duration.ofSeconds(1), Duration.ofSeconds(2), () -> now);
        closed.ask();
        seconds(3);

        assertThatThrownBy(() -> closed.ask().toCompletableFuture().join())
                .hasMessageContaining("1 of 1 event loops");
    }

    @Test
    void everyLoopOfVertx_isAsked() {
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(3));
        CountDownLatch goOn = new CountDownLatch(1);
        EventLoopProbe all = EventLoopProbe.of(vertx, Duration.ofSeconds(1), Duration.ofSeconds(2), () -> now);
        try {
            vertx.getOrCreateContext().runOnContext(ignored -> awaitLatch(goOn));
            assertThat(all.ask().toCompletableFuture()).isCompleted();
            seconds(3);

            await().untilAsserted(() -> assertThatThrownBy(() -> all.ask().toCompletableFuture().join())
                    .hasMessageContaining("1 of 4 event loops have not answered for up to 3000 ms"));
            goOn.countDown();
            await().untilAsserted(() -> assertThat(all.ask().toCompletableFuture()).isCompleted());
        } finally {
            goOn.countDown();
            vertx.close().await();
        }
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void seconds(int count) {
        now += Duration.ofSeconds(count).toNanos();
    }

    private CompletableFuture<Void> ask() {
        return probe.ask().toCompletableFuture();
    }

    private void assertPasses() {
        assertThat(ask()).isCompleted();
    }

    private void assertFails(String message) {
        assertThatThrownBy(() -> ask().join()).hasMessageEndingWith(message);
    }
}
