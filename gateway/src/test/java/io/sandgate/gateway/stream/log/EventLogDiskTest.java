package io.sandgate.gateway.stream.log;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.EventReader.Extent;
import io.sandgate.gateway.stream.event.EventReader.Loss;
import io.sandgate.gateway.stream.event.EventReader.Read;
import io.sandgate.gateway.stream.event.EventReader.State;
import io.sandgate.gateway.stream.event.Origin;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class EventLogDiskTest {
    private final Random random = new Random(11);
    private final List<EventLog> opened = new ArrayList<>();
    private SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private Path directory = Path.of("");

    @BeforeEach
    void place(@TempDir Path temporary) {
        directory = temporary.resolve("events");
    }

    @AfterEach
    void close() {
        opened.forEach(EventLog::close);
    }

    private EventLog open(Path from, String boot) {
        meters = new SimpleMeterRegistry();
        EventLog log = EventLog.open("r1", from, Events.SMALL, () -> boot, random, new AtomicLong()::incrementAndGet,
                meters);
        opened.add(log);
        return log;
    }

    private static Cursor fill(EventLog log, int count) {
        List<CompletionStage<Cursor>> stages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            stages.add(i % 7 == 0
                    ? log.appendFrom(new Origin("r2", new Cursor("e2", i + 1)), Events.of("o" + i % 5, i, false))
                    : log.append(Events.of("s" + i % 11, i, i % 13 == 0)));
        }
        stages.forEach(Events::stored);
        return Events.stored(stages.getLast());
    }

    /// What a reader sees of a log.
    private record Seen(Extent extent, List<Entry> entries, State state, Map<String, Cursor> heard) {
        static Seen of(EventLog log) {
            return new Seen(log.extent(), Events.all(log, log.extent().start()), log.state(), log.heard());
        }
    }

    @Test
    void open_afterClose_goesOnInTheSameEpochOnAnotherBoot() {
        EventLog log = open(directory, "boot-1");
        fill(log, 300);
        log.noteHeard(new Origin("r3", new Cursor("e3", 77)));
        Seen before = Seen.of(log);
        assertThat(Directories.segments(directory, before.extent().epoch())).hasSizeGreaterThan(3);
        log.close();

        EventLog again = open(directory, "boot-2");

        assertThat(Seen.of(again)).isEqualTo(before);
        assertThat(again.heard()).containsEntry("r3", new Cursor("e3", 77));
        assertThat(Events.stored(again.append(Events.event("{}")))).isEqualTo(before.extent().end().at(301));
    }

    @Test
    void open_afterAKill_hasAllThatWasSeen() {
        EventLog log = open(directory, "boot-1");
        fill(log, 300);
        Seen before = Seen.of(log);
        Path left = directory.resolveSibling("left");
        Directories.copy(directory, left);

        EventLog again = open(left, "boot-1");

        assertThat(Seen.of(again)).isEqualTo(before);
        assertThat(fill(again, 10).seq()).isEqualTo(310);
    }

    @Test
    void open_afterTheMachineStopped_beginsAnotherEpochWithNothing() {
        EventLog log = open(directory, "boot-1");
        Cursor tip = fill(log, 100);
        Path left = directory.resolveSibling("left");
        Directories.copy(directory, left);

        EventLog again = open(left, "boot-2");

        assertThat(again.extent()).isEqualTo(new Extent(again.extent().epoch(), 1, 0));
        assertThat(again.readStored(tip, 10, 1_000)).isEqualTo(new Read.Lost(Loss.OTHER_EPOCH));
        assertThat(again.state().entries()).isEmpty();
        assertThat(again.heard()).isEmpty();
        assertThat(left.resolve(tip.epoch())).doesNotExist();
    }

    @Test
    void open_withoutAKnownBoot_trustsOnlyWhatWasClosed() {
        EventLog log = open(directory, "");
        Cursor tip = fill(log, 10);
        Path left = directory.resolveSibling("left");
        Directories.copy(directory, left);
        log.close();

        assertThat(open(left, "").extent().epoch()).isNotEqualTo(tip.epoch());
        assertThat(open(directory, "").extent().end()).isEqualTo(tip);
    }

    @Test
    void recover_ofEachPrefixOfTheLastWrite_hasEachWholeEntryAndNothingElse() throws Exception {
        EventLog log = open(directory, "boot-1");
        Cursor tip = log.extent().end();
        for (int i = 0; i < 90; i++) {
            // one by one, so that where a segment ends does not depend on how many are written at once
            tip = Events.stored(log.append(Events.of("s" + i % 11, i, i % 13 == 0)));
        }
        Path segment = Directories.segments(directory, tip.epoch()).getLast();
        long before = Files.size(segment);
        List<Entry> written = new ArrayList<>(Events.all(log, log.extent().start()));
        Events.stored(log.append(Events.of("s1", 1_000, true)));
        long middle = Files.size(segment);
        Events.stored(log.append(Events.random(random, 1)));
        long after = Files.size(segment);
        List<Entry> all = Events.all(log, log.extent().start());
        byte[] content = Files.readAllBytes(segment);

        Path left = directory.resolveSibling("left");
        Directories.copy(directory.resolve(tip.epoch()), left);
        for (long size = before; size <= after; size += size < middle ? 1 : 7) {
            Files.write(left.resolve(segment.getFileName()), Arrays.copyOf(content, (int) size));

            Recovery.Recovered recovered = Recovery.recover(left, Events.SMALL, "r1");

            long expected = size < middle ? 90 : size < after ? 91 : 92;
            assertThat(recovered.checkpoint().tip()).as("%s bytes", size).isEqualTo(expected);
            assertThat(recovered.disk().read(expected, expected, 1, 1)).containsExactly(all.get((int) expected - 1));
            assertThat(recovered.checkpoint().state()).isEqualTo(LogOracle.state(all.subList(0, (int) expected)));
            recovered.disk().close();
        }
        assertThat(all).startsWith(written.toArray(Entry[]::new));
    }

    @Test
    void open_afterATornWrite_writesOnBehindTheWholeEntries() throws Exception {
        EventLog log = open(directory, "boot-1");
        Cursor tip = fill(log, 90);
        List<Entry> entries = Events.all(log, log.extent().start());
        Path left = directory.resolveSibling("left");
        Directories.copy(directory, left);
        Path segment = Directories.segments(left, tip.epoch()).getLast();
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.setLength(file.length() - 3);
        }

        EventLog again = open(left, "boot-1");
        assertThat(again.extent().end()).isEqualTo(tip.at(89));
        Cursor next = Events.stored(again.append(Events.of("new", 1, false)));
        again.close();
        EventLog third = open(left, "boot-2");

        assertThat(next).isEqualTo(tip);
        assertThat(Events.all(third, tip.at(0)).subList(0, 89)).isEqualTo(entries.subList(0, 89));
        assertThat(Events.all(third, tip.at(89))).singleElement()
                .satisfies(entry -> assertThat(entry.event().subject()).isEqualTo("new"));
    }

    @Test
    void open_withADamagedEntryBehindTheCheckpoint_beginsAnotherEpoch() throws Exception {
        EventLog log = open(directory, "boot-1");
        Cursor tip = fill(log, 100);
        log.close();
        flip(Directories.segments(directory, tip.epoch()).getLast(), 40);

        EventLog again = open(directory, "boot-1");

        assertThat(again.extent()).isEqualTo(new Extent(again.extent().epoch(), 1, 0));
        assertThat(again.extent().epoch()).isNotEqualTo(tip.epoch());
    }

    @Test
    void open_withoutWhatWasThereAtTheClose_beginsAnotherEpoch() throws Exception {
        EventLog log = open(directory, "boot-1");
        Cursor tip = fill(log, 300);
        log.close();
        List<Path> segments = Directories.segments(directory, tip.epoch());
        Path left = directory.resolveSibling("left");
        Directories.copy(directory, left);
        Files.delete(segments.getLast());
        Files.delete(left.resolve(tip.epoch()).resolve("checkpoint"));

        assertThat(open(directory, "boot-1").extent().epoch()).isNotEqualTo(tip.epoch());
        assertThat(open(left, "boot-1").extent().epoch()).isNotEqualTo(tip.epoch());
    }

    @Test
    void readStored_ofADamagedEntry_losesTheEpochAndKeepsTheState() throws Exception {
        EventLog log = open(directory, "boot-1");
        Cursor tip = fill(log, 400);
        State state = log.state();
        AtomicInteger told = new AtomicInteger();
        log.onLost(told::incrementAndGet);
        List<Path> segments = Directories.segments(directory, tip.epoch());
        flip(segments.get(1), 5_000);

        Read read = read(log, log.extent().start());

        assertThat(read).isEqualTo(new Read.Lost(Loss.OTHER_EPOCH));
        await().until(() -> told.get() == 1);
        assertThat(log.extent()).isEqualTo(new Extent(log.extent().epoch(), 1, 0));
        assertThat(log.state()).isEqualTo(new State(log.extent().end(), state.entries()));
        fill(log, 20);
        Seen seen = Seen.of(log);
        log.close();
        assertThat(Seen.of(open(directory, "boot-2"))).isEqualTo(seen);
    }

    /// Reads until something else than entries comes.
    private static Read read(EventLog log, Cursor from) {
        Cursor place = from;
        while (true) {
            Read read = log.readStored(place, 10, 100_000);
            if (!(read instanceof Read.Entries found)) {
                return read;
            }
            place = place.at(found.entries().getLast().seq());
        }
    }

    private static void flip(Path file, long at) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(at);
            int was = bytes.read();
            bytes.seek(at);
            bytes.write(was ^ 1);
        }
    }

    @Test
    void disk_thatFailsWhileRunning_goesOnInMemoryAndOnDiskAtTheNextStart() throws Exception {
        EventLog log = open(directory, "boot-1");
        Cursor before = fill(log, 10);
        // no checkpoint can be written, all else can still be read
        Files.createDirectory(directory.resolve(before.epoch()).resolve("checkpoint.new"));

        List<CompletionStage<Cursor>> stages = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            stages.add(log.append(Events.of("later" + i, i, false)));
            Events.stored(stages.getLast());
        }

        assertThat(stages).allSatisfy(stage -> assertThat(Events.stored(stage)).isNotNull());
        Cursor tip = Events.stored(stages.getLast());
        assertThat(tip.epoch()).isNotEqualTo(before.epoch());
        assertThat(Events.all(log, log.extent().start()).getLast().seq()).isEqualTo(tip.seq());
        assertThat(log.state().entries()).hasSizeGreaterThan(200);
        assertThat(meters.get("sandgate.events.disk.failed").gauge().value()).isEqualTo(1);
        log.close();

        EventLog again = open(directory, "boot-1");
        assertThat(again.extent().epoch()).isNotIn(before.epoch(), tip.epoch());
        Cursor kept = fill(again, 10);
        again.close();
        assertThat(open(directory, "boot-2").extent().end()).isEqualTo(kept);
    }

    @Test
    void open_ofADirectoryThatCannotBe_isInMemoryOnly() throws Exception {
        Files.writeString(directory, "a file");

        EventLog log = open(directory, "boot-1");

        assertThat(fill(log, 10).seq()).isEqualTo(10);
        assertThat(Events.all(log, log.extent().start())).hasSize(10);
        assertThat(meters.get("sandgate.events.disk.failed").gauge().value()).isEqualTo(1);
    }

    @Test
    void disk_overItsBound_losesTheOldestSegmentsAndSaysSo() {
        EventLog log = open(directory, "boot-1");
        Cursor tip = fill(log, 1_500);
        for (int i = 0; i < 10; i++) {
            tip = fill(log, 300);
            assertThat(meters.get("sandgate.events.disk.bytes").gauge().value())
                    .isLessThanOrEqualTo((double) Events.SMALL.diskBytes());
        }

        // the last segments are deleted beside; a log that is closed does no more, and can still be read
        log.close();

        assertThat(log.readStored(tip.at(0), 10, 1_000)).isEqualTo(new Read.Lost(Loss.TOO_OLD));
        Seen seen = Seen.of(log);
        assertThat(seen.entries()).hasSize((int) (tip.seq() - seen.extent().floor() + 1));
        assertThat(seen.entries().getFirst().seq()).isGreaterThan(1).isEqualTo(seen.extent().floor());
    }
}
