package io.sandgate.gateway.stream.log;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.EventReader.Extent;
import io.sandgate.gateway.stream.event.EventReader.Loss;
import io.sandgate.gateway.stream.event.EventReader.Read;
import io.sandgate.gateway.stream.event.EventReader.State;
import io.sandgate.gateway.stream.event.Origin;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/// A log under appends, reads, restarts, kills and machine stops at random, against a list of all that was appended.
///
/// Memory and disk are so small that both evict all the time.
class EventLogSimulationTest {
    private static final EventLogSettings TINY = new EventLogSettings(32 << 10, 40 << 10, 8 << 10, 10_000, 1_000,
            8 << 10);

    private final List<Entry> oracle = new ArrayList<>();
    private final Map<String, Cursor> heard = new HashMap<>();
    private Random random = new Random(0);
    private Path directory = Path.of("");
    private int boots;
    private int copies;
    private int numbers;
    private long floor;
    private EventLog log = EventLog.inMemory("r1", TINY, random, new AtomicLong()::incrementAndGet,
            new SimpleMeterRegistry());

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void log_underRandomActs_isTheList(long seed, @TempDir Path temporary) {
        random = new Random(seed);
        directory = temporary.resolve("events");
        open();
        for (int i = 0; i < 400; i++) {
            switch (random.nextInt(100)) {
                case 0 -> restart();
                case 1 -> kill();
                case 2 -> stopMachine();
                case 3, 4, 5, 6, 7 -> note();
                default -> {
                    if (random.nextBoolean()) {
                        append(random.nextInt(20));
                    } else {
                        read();
                    }
                }
            }
            check();
        }
        log.close();
    }

    private void open() {
        int boot = boots;
        log = EventLog.open("r1", directory, TINY, () -> "boot-" + boot, random, new AtomicLong()::incrementAndGet,
                new SimpleMeterRegistry());
    }

    private void append(int count) {
        Cursor place = log.extent().end();
        List<CompletionStage<Cursor>> stages = new ArrayList<>();
        List<Event> events = new ArrayList<>();
        List<Origin> origins = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            numbers++;
            place = place.at(place.seq() + 1);
            Event event = Events.random(random, numbers);
            boolean own = random.nextBoolean();
            String replica = "r" + (2 + random.nextInt(3));
            Origin origin = own ? new Origin("r1", place) : new Origin(replica, new Cursor("life", numbers));
            stages.add(own ? log.append(event) : log.appendFrom(origin, event));
            events.add(event);
            origins.add(origin);
            if (!own) {
                heard.put(replica, origin.cursor());
            }
        }
        for (int i = 0; i < count; i++) {
            Cursor stored = Events.stored(stages.get(i));
            assertThat(stored).isEqualTo(new Cursor(place.epoch(), oracle.size() + 1L));
            oracle.add(EntryJson.entry(stored, events.get(i), origins.get(i)));
        }
    }

    private void note() {
        numbers++;
        Origin origin = new Origin("r" + (2 + random.nextInt(3)), new Cursor("life", numbers));
        log.noteHeard(origin);
        heard.put(origin.replica(), origin.cursor());
    }

    private void restart() {
        log.close();
        boots += random.nextInt(2);
        open();
    }

    private void kill() {
        Path left = directory.resolveSibling("left" + copies);
        copies++;
        Directories.copy(directory, left);
        log.close();
        directory = left;
        open();
        // a segment that was about to be deleted may be there again
        floor = 0;
        // what was only noted may be taken back, what came with an entry may not
        for (Entry entry : oracle) {
            assertThat(entry.origin().replica().equals("r1")
                    || heardOf(entry.origin().replica()) >= entry.origin().cursor().seq()).isTrue();
        }
        heard.clear();
        heard.putAll(log.heard());
    }

    private long heardOf(String replica) {
        return log.heard().getOrDefault(replica, new Cursor("none", 0)).seq();
    }

    private void stopMachine() {
        String before = log.extent().epoch();
        Path left = directory.resolveSibling("left" + copies);
        copies++;
        Directories.copy(directory, left);
        log.close();
        directory = left;
        boots++;
        open();
        assertThat(log.extent().epoch()).isNotEqualTo(before);
        oracle.clear();
        heard.clear();
        floor = 0;
    }

    private void read() {
        Extent extent = log.extent();
        long after = random.nextLong(extent.tip() + 3);
        int maxEntries = 1 + random.nextInt(200);
        int maxBytes = random.nextInt(20_000);
        Read fast = log.read(extent.end().at(after), maxEntries, maxBytes);
        Read read = fast instanceof Read.Stored ? log.readStored(extent.end().at(after), maxEntries, maxBytes) : fast;
        if (after > oracle.size()) {
            assertThat(read).isEqualTo(new Read.Lost(Loss.AHEAD));
        } else if (after == oracle.size()) {
            assertThat(read).isEqualTo(new Read.AtTip());
        } else if (read instanceof Read.Lost lost) {
            assertThat(lost.loss()).isEqualTo(Loss.TOO_OLD);
            assertThat(after + 1).isLessThan(log.extent().floor());
        } else {
            assertThat(read).isInstanceOf(Read.Entries.class);
            List<Entry> entries = ((Read.Entries) read).entries();
            assertThat(entries).hasSizeBetween(1, maxEntries)
                    .isEqualTo(oracle.subList((int) after, (int) after + entries.size()));
            assertThat(entries.size() == 1 || entries.stream().mapToInt(e -> e.json().length()).sum() <= maxBytes)
                    .isTrue();
        }
    }

    private void check() {
        Extent extent = log.extent();
        assertThat(extent.tip()).isEqualTo(oracle.size());
        assertThat(extent.floor()).isBetween(Math.max(1, floor), extent.tip() + 1);
        floor = extent.floor();
        if (random.nextInt(10) == 0) {
            assertThat(log.state()).isEqualTo(new State(extent.end(), LogOracle.state(oracle)));
            assertThat(log.heard()).isEqualTo(heard);
            readAll();
        }
    }

    private void readAll() {
        Cursor start = log.extent().start();
        Cursor place = start;
        List<Entry> found = new ArrayList<>();
        Read read = log.readStored(place, 100, 20_000);
        while (read instanceof Read.Entries entries) {
            found.addAll(entries.entries());
            place = place.at(found.getLast().seq());
            read = log.readStored(place, 100, 20_000);
        }
        // the oldest segment may be deleted meanwhile, which is said
        assertThat(read instanceof Read.AtTip
                || (read.equals(new Read.Lost(Loss.TOO_OLD)) && place.seq() + 1 < log.extent().floor())).isTrue();
        assertThat(found.equals(oracle.subList((int) start.seq(), (int) place.seq()))).isTrue();
    }
}
