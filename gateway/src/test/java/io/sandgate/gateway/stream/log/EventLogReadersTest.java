package io.sandgate.gateway.stream.log;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.EventReader.Read;
import io.sandgate.gateway.stream.event.EventReader.State;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/// Many threads on one log whose memory holds next to nothing, so that readers go between memory and disk all the time.
class EventLogReadersTest {
    private static final int READERS = 8;
    private static final int EVENTS = 50_000;
    private static final EventLogSettings KEEPS_ALL = new EventLogSettings(64 << 10, 1 << 30, 1 << 20, EVENTS * 2,
            1_000,
            8 << 10);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private EventLog log = EventLog.inMemory("r1", KEEPS_ALL, new Random(1), new AtomicLong()::incrementAndGet,
            new SimpleMeterRegistry());

    @BeforeEach
    void open(@TempDir Path temporary) {
        log.close();
        log = EventLog.open("r1", temporary.resolve("events"), KEEPS_ALL, () -> "boot", new Random(1),
                new AtomicLong()::incrementAndGet, new SimpleMeterRegistry());
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
        log.close();
    }

    @Test
    void readers_whileMemoryEvicts_eachGetAllInOrder() throws Exception {
        List<Future<Long>> readers = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            readers.add(threads.submit(reader(new Random(i))));
        }
        CompletionStage<Cursor> last = log.append(Events.event("{\"n\":1}"));
        for (int n = 2; n <= EVENTS; n++) {
            last = log.append(Events.event("{\"n\":" + n + "}"));
        }

        assertThat(Events.stored(last).seq()).isEqualTo(EVENTS);
        for (Future<Long> reader : readers) {
            assertThat(reader.get()).isEqualTo(EVENTS);
        }
    }

    /// Follows the log by parking and looking again, as the pump does.
    private Callable<Long> reader(Random random) {
        return () -> {
            Semaphore woken = new Semaphore(0);
            Runnable end = log.onAppend(woken::release);
            Cursor place = log.extent().start();
            while (place.seq() < EVENTS) {
                Read read = log.read(place, 1 + random.nextInt(500), 100_000);
                if (read instanceof Read.Stored) {
                    read = log.readStored(place, 1 + random.nextInt(500), 100_000);
                }
                if (read instanceof Read.Entries found) {
                    place = check(place, found.entries());
                } else if (read instanceof Read.AtTip) {
                    woken.acquire();
                    woken.drainPermits();
                } else {
                    throw new AssertionError(place + ": " + read);
                }
            }
            end.run();
            return place.seq();
        };
    }

    private static Cursor check(Cursor place, List<Entry> entries) {
        Cursor next = place;
        for (Entry entry : entries) {
            next = next.at(next.seq() + 1);
            if (entry.seq() != next.seq() || !entry.event().data().equals("{\"n\":" + next.seq() + "}")) {
                throw new AssertionError(entry + " in the place of " + next);
            }
        }
        return next;
    }

    @Test
    void state_whileAppending_isOfOneMoment() throws Exception {
        Future<Integer> reader = threads.submit(() -> {
            int looks = 0;
            State state = log.state();
            while (state.cursor().seq() < 5_000) {
                state = log.state();
                looks++;
                assertThat(state.entries()).isEqualTo(follow(state.cursor()));
            }
            return looks;
        });
        List<CompletionStage<Cursor>> stages = new ArrayList<>();
        for (int n = 0; n < 5_000; n++) {
            stages.add(log.append(Events.of("s" + n % 3, n, n % 5 == 0)));
            if (n % 50 == 0) {
                Events.stored(stages.getLast());
            }
        }

        assertThat(reader.get()).isPositive();
    }

    private List<Entry> follow(Cursor to) {
        Map<String, Entry> newest = new HashMap<>();
        long from = Math.max(0, to.seq() - 20);
        for (Entry entry : Events.all(log, to.at(from))) {
            if (entry.seq() <= to.seq()) {
                newest.put(entry.event().subject(), entry);
            }
        }
        return LogOracle.state(List.copyOf(newest.values()));
    }
}
