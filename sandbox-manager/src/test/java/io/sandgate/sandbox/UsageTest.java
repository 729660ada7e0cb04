package io.sandgate.sandbox;

import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.GuestException.Code;
import io.sandgate.sandbox.runtime.Usage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/// What sandboxes used, in manual time: measured each five seconds.
class UsageTest {

    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final long START = ManualTime.START.getEpochSecond();

    private final World world = new World();
    private final Sandbox sandbox = measured();

    @Test
    void sandboxThatRuns_isMeasuredInEachInterval() {
        rounds(3);

        assertThat(seconds()).containsExactly(5L, 10L, 15L);
        assertThat(world.sandboxes.usage(sandbox.id(), START + 6, START + 14)).singleElement()
                .satisfies(usage -> assertThat(usage.memoryUsed()).isEqualTo(1 << 20));
    }

    @Test
    void sandboxThatIsPaused_keepsItsHistoryAndIsNotMeasured() {
        rounds(2);
        world.sandboxes.pause(sandbox.id(), true);
        Sandbox other = measured();

        rounds(2, other);
        assertThat(seconds()).containsExactly(5L, 10L);

        world.sandboxes.resume(sandbox.id(), Duration.ofHours(1));
        rounds(1);
        assertThat(seconds()).containsExactly(5L, 10L, 25L);
    }

    @Test
    void sandboxThatEnds_isGoneWithItsHistory() {
        rounds(1);
        world.sandboxes.kill(sandbox.id());

        assertThatThrownBy(() -> world.sandboxes.usage(sandbox.id(), 0, Long.MAX_VALUE))
                .isInstanceOf(SandboxException.class);
    }

    @Test
    void sandboxThatCannotBeMeasured_doesNotKeepOthersFromIt() {
        for (int i = 0; i < 5; i++) {
            Sandbox broken = world.create();
            world.driver.usages.put(broken.id(), () -> {
                throw new GuestException(Code.UNAVAILABLE, "gone");
            });
        }

        rounds(2);

        assertThat(seconds()).containsExactly(5L, 10L);
    }

    @Test
    void roundThatTakesLong_isTheOnlyOne() {
        CountDownLatch open = new CountDownLatch(1);
        AtomicInteger measuring = new AtomicInteger();
        Sandbox slow = world.create();
        world.driver.usages.put(slow.id(), () -> {
            measuring.incrementAndGet();
            try {
                open.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return usage();
        });

        world.time.advance(INTERVAL.multipliedBy(3));
        await().until(() -> measuring.get() > 0);
        open.countDown();
        await().until(() -> world.meters.get("sandgate.sandbox.usage.round").timer().count() == 1);

        assertThat(measuring).hasValue(1);
    }

    private Sandbox measured() {
        Sandbox made = world.create(Duration.ofHours(1), Sandbox.OnTimeout.KILL);
        world.driver.usages.put(made.id(), this::usage);
        return made;
    }

    private Usage usage() {
        return new Usage(world.time.instant(), 2, 50, 1 << 29, 1 << 20, 0, 1 << 30, 1 << 21);
    }

    private void rounds(int count) {
        rounds(count, sandbox);
    }

    /// Each on a thread of its own, so one is over before the next begins.
    private void rounds(int count, Sandbox seen) {
        for (int i = 0; i < count; i++) {
            world.time.advance(INTERVAL);
            long second = world.time.instant().getEpochSecond();
            await().until(() -> world.sandboxes.usage(seen.id(), second, second).size() == 1);
            long done = (second - START) / INTERVAL.toSeconds();
            await().until(() -> world.meters.get("sandgate.sandbox.usage.round").timer().count() == done);
        }
    }

    private List<Long> seconds() {
        return world.sandboxes.usage(sandbox.id(), 0, Long.MAX_VALUE).stream()
                .map(usage -> usage.time().getEpochSecond() - START).toList();
    }
}
