package io.sandgate.gateway.shard.sink;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class JsonLinesSinkTest {
    private static final Path FULL = Path.of("/dev/full");

    @TempDir
    Path folder;
    private Path file;
    private final FaultyFile faults = new FaultyFile();
    private final Offered offered = new Offered();
    private EventSink sink;

    @BeforeEach
    void open() throws IOException {
        file = folder.resolve("events.jsonl");
        sink = reopen(file);
    }

    @AfterEach
    void close() {
        faults.mayWrite.countDown();
        sink.close();
        assertThat(sink.status().waiting()).isZero();
    }

    @Test
    void event_taken_isALineOfJson() throws IOException {
        sink.offer(Offered.event(Offered.SHARD, 5, "{\"name\"\n:\"ö\"}"), offered.delivery(Offered.SHARD, 5));

        assertThat(offered.awaitDone(1)).containsExactly("3/16 5 true");
        assertThat(Files.readString(file)).isEqualTo(Offered.line(Offered.SHARD, 5, "{\"name\" :\"ö\"}"));
        assertThat(new JsonObject(Files.readString(file)).getString("session")).isEqualTo("ab\"c");
        assertThat(sink.status()).isEqualTo(new SinkStatus("file", 0, ""));
    }

    @Test
    void events_many_areWrittenAndDoneInOrder() throws IOException {
        offered.offer(sink, 1, 25_000);
        assertThat(offered.awaitDone(25_000)).isEqualTo(Offered.accepted(1, 25_000));
        assertThat(Files.readString(file)).isEqualTo(Offered.lines(1, 25_000));
    }

    @Test
    void events_thatWait_areWrittenInOneCall() throws IOException {
        faults.mayWrite = new CountDownLatch(1);
        offered.offer(sink, 1, 1);
        await().until(() -> sink.status().waiting() == 1);
        offered.offer(sink, 2, 500);
        faults.mayWrite.countDown();

        offered.awaitDone(500);
        assertThat(Files.readString(file)).isEqualTo(Offered.lines(1, 500));
        assertThat(faults.writes.get()).isLessThanOrEqualTo(2);
    }

    @Test
    void event_notCurrent_isNeitherWrittenNorAccepted() throws IOException {
        offered.lose(Offered.SHARD);
        offered.offer(sink, 1, 2);
        assertThat(offered.awaitDone(2)).containsExactly("3/16 1 false", "3/16 2 false");
        assertThat(file).isEmptyFile();
    }

    @Test
    void file_withLines_isAddedTo() throws IOException {
        offered.offer(sink, 1, 1);
        offered.awaitDone(1);
        sink.close();
        sink = reopen(file);
        offered.offer(sink, 2, 2);
        offered.awaitDone(2);
        assertThat(Files.readString(file)).isEqualTo(Offered.lines(1, 2));
    }

    @Test
    void file_thatEndsWithinALine_getsALineEndFirst() throws IOException {
        sink.close();
        Files.writeString(file, "{\"shard\":[3,", StandardOpenOption.APPEND);
        sink = reopen(file);
        offered.offer(sink, 2, 2);
        offered.awaitDone(1);
        offered.offer(sink, 3, 3);
        offered.awaitDone(2);
        assertThat(Files.readString(file)).isEqualTo("{\"shard\":[3,\n" + Offered.lines(2, 3));
    }

    @Test
    void file_movedAwayOrDeleted_isMadeAnew() throws IOException {
        offered.offer(sink, 1, 1);
        offered.awaitDone(1);
        Path moved = Files.move(file, folder.resolve("events.jsonl.1"));
        offered.offer(sink, 2, 2);
        offered.awaitDone(2);
        assertThat(Files.readString(moved)).isEqualTo(Offered.lines(1, 1));
        assertThat(Files.readString(file)).isEqualTo(Offered.lines(2, 2));

        Files.delete(file);
        offered.offer(sink, 3, 3);
        offered.awaitDone(3);
        assertThat(Files.readString(file)).isEqualTo(Offered.lines(3, 3));
    }

    @Test
    void file_emptiedInPlace_goesOnFromItsBeginning() throws IOException {
        offered.offer(sink, 1, 3);
        offered.awaitDone(3);
        Files.writeString(file, "", StandardOpenOption.TRUNCATE_EXISTING);
        offered.offer(sink, 4, 4);
        offered.awaitDone(4);
        assertThat(Files.readString(file)).isEqualTo(Offered.lines(4, 4));
    }

    @Test
    @EnabledIf("hasFullDevice")
    void disk_full_keepsAllEventsUntilThereIsRoom() throws IOException {
        Path link = folder.resolve("link.jsonl");
        Files.createSymbolicLink(link, FULL);
        try (EventSink full = JsonLinesSink.open(link, Offered.QUICK, Offered.THREADS, new Random(1))) {
            offered.offer(full, 1, 3);
            await().until(() -> !full.status().failing().isEmpty());
            offered.offer(full, 4, 5);
            assertThat(full.status()).isEqualTo(new SinkStatus("file", 5, link + ": No space left on device"));

            Files.delete(link);

            assertThat(offered.awaitDone(5)).isEqualTo(Offered.accepted(1, 5));
            assertThat(Files.readString(link)).isEqualTo(Offered.lines(1, 5));
            assertThat(full.status()).isEqualTo(new SinkStatus("file", 0, ""));
        }
    }

    @Test
    void write_failsHalfWay_leavesNoHalfLine() throws IOException {
        offered.offer(sink, 1, 1);
        offered.awaitDone(1);
        faults.halfWrites.set(Integer.MAX_VALUE);
        offered.offer(sink, 2, 3);
        await().until(() -> faults.writes.get() > 5);
        assertThat(sink.status().failing()).isEqualTo(file + ": No space left on device");
        assertThat(offered.done()).hasSize(1);

        faults.halfWrites.set(0);

        assertThat(offered.awaitDone(3)).isEqualTo(Offered.accepted(1, 3));
        assertThat(Files.readString(file)).isEqualTo(Offered.lines(1, 3));
    }

    @Test
    void cut_failsToo_isDoneBeforeTheNextLines() throws IOException {
        faults.failingCuts.set(4);
        faults.halfWrites.set(2);
        offered.offer(sink, 1, 3);
        assertThat(offered.awaitDone(3)).isEqualTo(Offered.accepted(1, 3));
        assertThat(faults.failingCuts).hasValue(0);
        assertThat(Files.readString(file)).isEqualTo(Offered.lines(1, 3));
    }

    @Test
    void lease_lostWhileTheDiskFails_isAskedForAgain() throws IOException {
        faults.halfWrites.set(Integer.MAX_VALUE);
        offered.offer(sink, 1, 1);
        await().until(() -> !sink.status().failing().isEmpty());
        offered.lose(Offered.SHARD);
        assertThat(offered.awaitDone(1)).containsExactly("3/16 1 false");
        faults.halfWrites.set(0);
        sink.close();
        assertThat(file).isEmptyFile();
    }

    @Test
    void givers_thatThrow_doNotStopTheOthers() {
        sink.offer(Offered.event(Offered.SHARD, 1, "{}"), new Delivery() {
            @Override
            public boolean isCurrent() {
                throw new IllegalStateException("a fault of the test's");
            }

            @Override
            public void done(boolean accepted) {
                throw new IllegalStateException("a fault of the test's");
            }
        });
        offered.offer(sink, 2, 2);
        assertThat(offered.awaitDone(1)).containsExactly("3/16 2 true");
    }

    @Test
    void close_whileTheDiskFails_letsGoOfAllInOrder() throws IOException {
        faults.halfWrites.set(Integer.MAX_VALUE);
        offered.offer(sink, 1, 2);
        await().until(() -> !sink.status().failing().isEmpty());
        offered.offer(sink, 3, 3);
        sink.close();
        offered.offer(sink, 4, 4);
        assertThat(offered.done()).containsExactly("3/16 1 false", "3/16 2 false", "3/16 3 false", "3/16 4 false");
        assertThat(file).isEmptyFile();
    }

    @Test
    void close_whileAWriteHangs_returns() {
        faults.mayWrite = new CountDownLatch(1);
        offered.offer(sink, 1, 2);
        sink.close();
        assertThat(offered.done()).containsExactly("3/16 1 false", "3/16 2 false");
    }

    @Test
    void open_whatIsNoFile_fails() {
        assertThatThrownBy(() -> reopen(folder)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> reopen(folder.resolve("none/events.jsonl"))).isInstanceOf(IOException.class);
    }

    @Test
    void discarding_event_isAcceptedAtOnceIfItIsCurrent() {
        try (DiscardingSink none = new DiscardingSink()) {
            offered.offer(none, 1, 1);
            offered.lose(Offered.SHARD);
            offered.offer(none, 2, 2);
            assertThat(offered.done()).containsExactly("3/16 1 true", "3/16 2 false");
            assertThat(none.status()).isEqualTo(new SinkStatus("none", 0, ""));
        }
    }

    static boolean hasFullDevice() {
        return Files.isWritable(FULL);
    }

    private EventSink reopen(Path at) throws IOException {
        return JsonLinesSink.open(at, faults, Offered.QUICK, Offered.THREADS, new Random(1));
    }
}
