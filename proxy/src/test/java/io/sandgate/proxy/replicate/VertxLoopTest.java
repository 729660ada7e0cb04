package io.sandgate.proxy.replicate;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class VertxLoopTest {
    private final Vertx vertx = Vertx.vertx();
    private final VertxLoop loop = new VertxLoop(vertx, vertx.getOrCreateContext());

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private void onLoop(Runnable action) throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                action.run();
                done.complete(null);
            } catch (RuntimeException | AssertionError e) {
                done.completeExceptionally(e);
            }
        });
        done.get(10, TimeUnit.SECONDS);
    }

    @Test
    void execute_runsInOrderOnOneThread() throws Exception {
        List<Integer> order = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int number = i;
            loop.execute(() -> {
                order.add(number);
                threads.add(Thread.currentThread());
            });
        }
        onLoop(() -> {});
        assertThat(order).hasSize(100).isSorted();
        assertThat(threads).containsOnly(threads.getFirst());
    }

    @Test
    void after_runsOnTheLoopAndNotEarlier() throws Exception {
        CompletableFuture<Long> took = new CompletableFuture<>();
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        List<Thread> own = new ArrayList<>();
        onLoop(() -> {
            own.add(Thread.currentThread());
            long since = loop.nanoTime();
            loop.after(Duration.ofNanos(1_900_000), () -> {
                thread.complete(Thread.currentThread());
                took.complete(loop.nanoTime() - since);
            });
        });
        assertThat(took.get(10, TimeUnit.SECONDS)).isGreaterThanOrEqualTo(1_900_000);
        assertThat(thread.get()).isSameAs(own.getFirst());
    }

    @Test
    void cancel_byATimerThatIsDueAtTheSameMoment_isInTime() throws Exception {
        List<String> ran = new ArrayList<>();
        CompletableFuture<Void> later = new CompletableFuture<>();
        onLoop(() -> {
            Loop.Timer[] second = new Loop.Timer[1];
            loop.after(Duration.ofMillis(1), () -> {
                ran.add("first");
                second[0].cancel();
            });
            second[0] = loop.after(Duration.ofMillis(1), () -> ran.add("second"));
            loop.after(Duration.ofMillis(20), () -> later.complete(null));
            // both are due when the loop looks at its timers again
            long until = loop.nanoTime() + 5_000_000;
            while (loop.nanoTime() < until) {
                Thread.onSpinWait();
            }
        });
        later.get(10, TimeUnit.SECONDS);
        onLoop(() -> assertThat(ran).containsExactly("first"));
    }

    @Test
    void cancel_afterItRan_isNothing() throws Exception {
        CompletableFuture<Loop.Timer> ran = new CompletableFuture<>();
        onLoop(() -> {
            Loop.Timer[] timer = new Loop.Timer[1];
            timer[0] = loop.after(Duration.ZERO, () -> ran.complete(timer[0]));
        });
        Loop.Timer timer = ran.get(10, TimeUnit.SECONDS);
        onLoop(timer::cancel);
    }
}
