package io.sandgate.gateway.stream.log;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.EventReader.Loss;
import io.sandgate.gateway.stream.event.EventReader.Read;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/// A log whose disk does not do what it should.
class EventLogFaultsTest {
    private static final EventLogSettings SETTINGS = new EventLogSettings(32 << 10, 4 << 20, 64 << 10, 10_000, 1_000,
            8 << 10);
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private final AtomicLong clock = new AtomicLong();
    private final List<EventLog> opened = new ArrayList<>();
    private SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private Path directory = Path.of("");

    @BeforeEach
    void place(@TempDir Path temporary) throws IOException {
        directory = temporary.toRealPath().resolve("events");
    }

    @AfterEach
    void close() {
        opened.forEach(EventLog::close);
    }

    private EventLog open() {
        return open(() -> "boot");
    }

    private EventLog open(Supplier<String> bootId) {
        meters = new SimpleMeterRegistry();
        EventLog log = EventLog.open("r1", directory, SETTINGS, bootId, new Random(3), clock::incrementAndGet, meters);
        opened.add(log);
        return log;
    }

    private static Cursor fill(EventLog log, int count) {
        List<CompletionStage<Cursor>> stages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            stages.add(log.append(Events.of("s" + i % 11, i, false)));
        }
        return stages.stream().map(Events::stored).toList().getLast();
    }

    private double diskFailed() {
        return meters.get("sandgate.events.disk.failed").gauge().value();
    }

    /// No checkpoint can be written, all else can be.
    private void breakCheckpoint(String epoch) throws IOException {
        Files.createDirectory(directory.resolve(epoch).resolve("checkpoint.new"));
    }

    @Test
    void readStored_ofAFileThatCannotBeOpened_failsAndKeepsTheEpoch() throws Exception {
        EventLog log = open();
        Cursor tip = fill(log, 400);
        Path segment = Directories.segments(directory, tip.epoch()).getFirst();
        Path aside = directory.resolveSibling("aside");
        Files.move(segment, aside);
        // it is there and cannot be opened, as when there are too many open files
        Files.createDirectory(segment);

        assertThatThrownBy(() -> log.readStored(tip.at(0), 10, 1_000)).isInstanceOf(UncheckedIOException.class);

        Files.delete(segment);
        Files.move(aside, segment);
        assertThat(fill(log, 1)).isEqualTo(tip.at(401));
        assertThat(Events.all(log, tip.at(0))).hasSize(401);
    }

    @Test
    void readStored_ofASegmentThatIsGone_losesTheEpoch() throws Exception {
        EventLog log = open();
        Cursor tip = fill(log, 400);
        Files.delete(Directories.segments(directory, tip.epoch()).getFirst());

        assertThat(log.readStored(tip.at(0), 10, 1_000)).isEqualTo(new Read.Lost(Loss.OTHER_EPOCH));

        await().until(() -> !log.extent().epoch().equals(tip.epoch()));
        assertThat(diskFailed()).isZero();
    }

    @Test
    void readStored_byAnInterruptedThread_readsAndKeepsTheEpoch() {
        EventLog log = open();
        Cursor tip = fill(log, 400);

        Thread.currentThread().interrupt();
        Read read = log.readStored(tip.at(0), 10, 100_000);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(read).isInstanceOf(Read.Entries.class);
        assertThat(fill(log, 1)).isEqualTo(tip.at(401));
    }

    @Test
    void readStored_ofTheSameDamageWhileTheNextEpochBegins_endsOneEpochOnly() throws Exception {
        AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {});
        EventLog log = open(() -> {
            meanwhile.getAndSet(() -> {}).run();
            return "boot";
        });
        Cursor tip = fill(log, 400);
        Files.write(Directories.segments(directory, tip.epoch()).getFirst(), new byte[1_000]);
        AtomicInteger told = new AtomicInteger();
        log.onLost(told::incrementAndGet);
        List<Read> second = new CopyOnWriteArrayList<>();
        meanwhile.set(() -> second.add(log.readStored(tip.at(0), 10, 1_000)));

        assertThat(log.readStored(tip.at(0), 10, 1_000)).isEqualTo(new Read.Lost(Loss.OTHER_EPOCH));
        await().until(() -> told.get() > 0);
        Cursor next = fill(log, 1);

        assertThat(second).containsExactly(new Read.Lost(Loss.OTHER_EPOCH));
        assertThat(told).hasValue(1);
        assertThat(meters.get("sandgate.events.epochs").counter().count()).isEqualTo(1);
        assertThat(log.extent().end()).isEqualTo(next);
    }

    @Test
    void listeners_whenTheEpochChanges_areToldBeforeTheFilesOfTheOldOneAreClosed() throws Exception {
        assumeThat(DESCRIPTORS).isDirectory();
        EventLog log = open();
        Cursor tip = fill(log, 400);
        List<Path> segments = Directories.segments(directory, tip.epoch());
        Files.write(segments.getFirst(), new byte[1_000]);
        assertThat(isOpen(segments.getLast())).isTrue();
        List<Boolean> atWaker = new CopyOnWriteArrayList<>();
        List<Boolean> atLost = new CopyOnWriteArrayList<>();
        log.onAppend(() -> atWaker.add(isOpen(segments.getLast())));
        log.onLost(() -> atLost.add(isOpen(segments.getLast())));

        assertThat(log.readStored(tip.at(0), 10, 1_000)).isEqualTo(new Read.Lost(Loss.OTHER_EPOCH));
        await().until(() -> atLost.size() == 1);

        // the waker may have been called for the last entry too
        assertThat(atWaker).isNotEmpty().containsOnly(true);
        assertThat(atLost).containsExactly(true);
        fill(log, 1);
        assertThat(directory.resolve(tip.epoch())).doesNotExist();
    }

    private static boolean isOpen(Path file) {
        try (Stream<Path> descriptors = Files.list(DESCRIPTORS)) {
            return descriptors.anyMatch(descriptor -> {
                try {
                    return Files.readSymbolicLink(descriptor).equals(file);
                } catch (IOException e) {
                    // closed meanwhile
                    return false;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void open_besideLeftOversThatCannotBeDeleted_isOnDiskAndDeletesTheOthers() throws Exception {
        for (String name : List.of("a", "b", "c")) {
            Files.createDirectories(directory.resolve(name));
            Files.writeString(directory.resolve(name).resolve("checkpoint"), "old");
        }
        Files.createDirectories(directory.resolve("b").resolve("full").resolve("of"));

        EventLog log = open();
        Cursor tip = fill(log, 10);

        assertThat(diskFailed()).isZero();
        for (String gone : List.of("a", "b/checkpoint", "c")) {
            assertThat(directory.resolve(gone)).doesNotExist();
        }
        log.close();
        assertThat(open().extent().end()).isEqualTo(tip);
    }

    @Test
    void open_inTheSameEpoch_deletesWhatIsLeftOfOthers() throws Exception {
        EventLog log = open();
        Cursor tip = fill(log, 10);
        log.close();
        Path left = Files.createDirectory(directory.resolve("left"));

        assertThat(open().extent().end()).isEqualTo(tip);

        assertThat(left).doesNotExist();
    }

    @Test
    void disk_whoseCheckpointFails_isGivenUpBeforeTheNextSegmentIsFull() throws Exception {
        EventLog log = open();
        String epoch = fill(log, 1).epoch();
        breakCheckpoint(epoch);
        Cursor last = fill(log, 1);
        while (last.epoch().equals(epoch) && Directories.segments(directory, epoch).size() == 1) {
            last = fill(log, 1);
        }

        await().until(() -> !fill(log, 1).epoch().equals(epoch));

        long written = 0;
        for (Path segment : Directories.segments(directory, epoch)) {
            written += Files.size(segment);
        }
        assertThat(written).isBetween(SETTINGS.segmentBytes(), 2 * SETTINGS.segmentBytes() - 1);
        assertThat(diskFailed()).isEqualTo(1);
    }

    /// A log that went on in memory only, and whose file that names the old epoch could not be deleted; now it can be.
    private EventLog notForgotten(Path life) throws IOException {
        EventLog log = open();
        Cursor before = fill(log, 10);
        byte[] content = Files.readAllBytes(life);
        Files.delete(life);
        Files.createDirectories(life.resolve("full"));
        breakCheckpoint(before.epoch());
        while (log.extent().epoch().equals(before.epoch())) {
            fill(log, 10);
        }
        Directories.delete(life);
        Files.write(life, content);
        return log;
    }

    @Test
    void oldEpoch_thatCouldNotBeForgotten_isForgottenWithALaterAppend() throws Exception {
        Path life = directory.resolve("life.json");
        EventLog log = notForgotten(life);

        fill(log, 1);
        assertThat(life).exists();
        clock.addAndGet(TimeUnit.MINUTES.toNanos(1));
        fill(log, 1);

        assertThat(life).doesNotExist();
    }

    @Test
    void oldEpoch_thatCouldNotBeForgotten_isForgottenAtTheClose() throws Exception {
        Path life = directory.resolve("life.json");
        EventLog log = notForgotten(life);

        log.close();

        assertThat(life).doesNotExist();
    }
}
