package io.sandgate.gateway.stream.log;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.EventReader.Loss;
import io.sandgate.gateway.stream.event.EventReader.Read;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/// A log in whose appender something fails that never should: nobody waits for ever, and nothing is lost silently.
class EventLogDefectsTest {
    private static final LongSupplier COUNTED = new AtomicLong()::incrementAndGet;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    /// What happens in the appender when it looks at the clock, asks for a name or for the machine's run.
    private volatile Runnable atClock = () -> {};
    private volatile Runnable atName = () -> {};
    private volatile Runnable atBoot = () -> {};
    private final AtomicInteger told = new AtomicInteger();
    private Path directory = Path.of("");
    private EventLog log = EventLog.inMemory("r1", Events.SMALL, new Random(5), COUNTED, meters);

    @BeforeEach
    void open(@TempDir Path temporary) {
        log.close();
        meters.clear();
        directory = temporary.resolve("events");
        Random random = new Random(5) {
            private static final long serialVersionUID = 1;

            @Override
            public void nextBytes(byte[] bytes) {
                inAppender(atName);
                super.nextBytes(bytes);
            }
        };
        log = EventLog.open("r1", directory, Events.SMALL, () -> {
            inAppender(atBoot);
            return "boot";
        }, random, () -> {
            inAppender(atClock);
            return COUNTED.getAsLong();
        }, meters);
        log.onLost(told::incrementAndGet);
    }

    private static void inAppender(Runnable what) {
        if (Thread.currentThread().getName().equals("event-log")) {
            what.run();
        }
    }

    @AfterEach
    void close() {
        log.close();
    }

    private CompletionStage<Cursor> append() {
        return log.append(Events.of("s", 1, false));
    }

    private double count(String metric) {
        return meters.get("sandgate.events." + metric).counter().count();
    }

    @Test
    void waker_thatFailsByAnError_keepsNobodyWaiting() {
        AtomicInteger calls = new AtomicInteger();
        log.onAppend(() -> {
            throw new StackOverflowError("of a listener");
        });
        log.onAppend(calls::incrementAndGet);
        Cursor first = Events.stored(append());

        assertThat(Events.stored(append())).isEqualTo(first.at(2));
        await().until(() -> calls.get() == 2);
        assertThat(told).hasValue(0);
    }

    @Test
    void waker_thatLeavesTheThreadInterrupted_keepsTheEpochOnDisk() {
        log.onAppend(() -> Thread.currentThread().interrupt());
        Cursor first = Events.stored(append());
        for (int i = 0; i < 100; i++) {
            append().whenComplete((_, _) -> Thread.currentThread().interrupt());
            Events.stored(append());
        }

        assertThat(log.extent().end()).isEqualTo(first.at(201));
        assertThat(Directories.segments(directory, first.epoch())).hasSizeGreaterThan(1);
    }

    @Test
    void append_thatFailsByAnError_failsAndBeginsAnotherEpoch() {
        Cursor before = Events.stored(append());
        OutOfMemoryError error = new OutOfMemoryError("in a test");
        atClock = () -> {
            atClock = () -> {};
            throw error;
        };

        assertThatThrownBy(() -> Events.stored(append())).hasCause(error);
        Cursor next = Events.stored(append());

        assertThat(next.seq()).isEqualTo(1);
        assertThat(log.read(before, 10, 1_000)).isEqualTo(new Read.Lost(Loss.OTHER_EPOCH));
        assertThat(told).hasValue(1);
        assertThat(count("lost")).isEqualTo(1);
    }

    @Test
    void epoch_thatCannotBeginForADefect_isInMemoryOnly() throws Exception {
        Cursor before = Events.stored(append());
        for (int i = 0; i < 300; i++) {
            before = Events.stored(append());
        }
        Files.write(Directories.segments(directory, before.epoch()).getFirst(), new byte[1_000]);
        atBoot = () -> {
            throw new IllegalStateException("a defect");
        };

        assertThat(log.readStored(before.at(0), 10, 1_000)).isEqualTo(new Read.Lost(Loss.OTHER_EPOCH));
        await().until(() -> told.get() == 1);

        assertThat(Events.stored(append()).seq()).isEqualTo(1);
        assertThat(meters.get("sandgate.events.disk.failed").gauge().value()).isEqualTo(1);
        assertThat(directory.resolve("life.json")).doesNotExist();
    }

    @Test
    void appends_whenTheLogCannotGoOn_failAtOnceAndSoDoThoseThatWait() throws Exception {
        Cursor tip = Events.stored(append());
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch held = new CountDownLatch(1);
        atClock = () -> {
            reached.countDown();
            awaitQuietly(held);
            throw new OutOfMemoryError("in a test");
        };
        atName = () -> {
            throw new OutOfMemoryError("in a test");
        };
        CompletionStage<Cursor> failing = append();
        reached.await();
        CompletionStage<Cursor> waiting = append();
        held.countDown();

        assertThatThrownBy(() -> Events.stored(failing)).hasCauseInstanceOf(OutOfMemoryError.class);
        assertThatThrownBy(() -> Events.stored(waiting)).hasCauseInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> Events.stored(append())).hasCauseInstanceOf(RejectedExecutionException.class);
        assertThat(log.read(tip.at(0), 1, 1_000)).isInstanceOf(Read.Entries.class);
        assertThat(count("lost")).isEqualTo(2);
        log.close();
        assertThat(directory.resolve("life.json")).doesNotExist();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
