package io.sandgate.sandbox.driver.process;

import io.sandgate.sandbox.driver.LogEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/// Lines of processes, bounded and kept over restarts.
class SandboxLogTest {

    private static final int BOUND = 128 * 1024;

    @TempDir
    Path directory;

    private Instant now = Instant.ofEpochMilli(1000);
    private SandboxLog log;

    @BeforeEach
    void open() throws IOException {
        log = new SandboxLog(directory, BOUND, () -> now);
    }

    @Test
    void lines_haveTheTimeAtWhichTheyWereSeenAndTheirStream() throws IOException {
        write("stdout", "one\ntwo\r\n");
        assertThat(log.poll(false)).isTrue();
        now = now.plusMillis(500);
        write("stderr", "grün 3\n");
        log.poll(false);

        assertThat(log.read()).containsExactly(new LogEntry(Instant.ofEpochMilli(1000), "stdout", "one"),
                new LogEntry(Instant.ofEpochMilli(1000), "stdout", "two"),
                new LogEntry(Instant.ofEpochMilli(1500), "stderr", "grün 3"));
        assertThat(log.poll(false)).isFalse();
    }

    @Test
    void unfinishedLine_waitsUnlessAskedFor() throws IOException {
        write("stdout", "begin");
        log.poll(false);
        assertThat(texts()).isEmpty();
        write("stdout", "ning\nend");
        log.poll(false);
        assertThat(texts()).containsExactly("beginning");

        log.poll(true);
        assertThat(texts()).containsExactly("beginning", "end");
    }

    @Test
    @Timeout(60)
    void output_fasterThanItIsRead_isNotFollowedForEver() throws Exception {
        byte[] lines = "y\n".repeat(64 * 1024).getBytes(StandardCharsets.UTF_8);
        AtomicBoolean over = new AtomicBoolean();
        write("stdout", "first\n");
        Thread writer = Thread.ofPlatform().start(() -> {
            while (!over.get()) {
                write("stdout", lines);
            }
        });

        for (int grown = 0; grown < 5;) {
            grown += log.poll(false) ? 1 : 0;
        }

        over.set(true);
        writer.join();
        while (log.poll(false)) {
            assertThat(Files.size(directory.resolve("lines"))).isLessThan(BOUND);
        }
        assertThat(Files.size(directory.resolve("stdout"))).isLessThan(2L * BOUND);
    }

    @Test
    void restart_goesOnWhereItStopped() throws IOException {
        write("stdout", "one\ntw");
        write("stderr", "e\n");
        log.poll(false);

        open();
        write("stdout", "o\n");
        log.poll(false);

        assertThat(texts()).containsExactly("one", "e", "two");
    }

    @Test
    void restart_afterALineCutByACrash_leavesItOut() throws IOException {
        write("stdout", "one\n");
        log.poll(false);
        Files.writeString(directory.resolve("lines"), "17 o", StandardOpenOption.APPEND);

        open();

        assertThat(texts()).containsExactly("one");
    }

    @Test
    void flood_staysWithinTheBoundAndKeepsTheLast() throws IOException {
        for (int round = 0; round < 50; round++) {
            write("stdout", ("round " + round + " " + "x".repeat(50) + "\n").repeat(200));
            log.poll(false);
            if (round == 30) {
                open();
            }
        }

        assertThat(texts()).last().asString().startsWith("round 49");
        assertThat(texts()).hasSizeGreaterThan(500);
        assertThat(bytes()).isLessThan(BOUND + 64 * 1024);
    }

    @Test
    void burstBeyondTheBound_isCutAndSaysSo() throws IOException {
        write("stdout", "y\n".repeat(BOUND));
        log.poll(false);

        assertThat(texts().size()).isLessThan(BOUND / 2);
        assertThat(bytes()).isLessThan(BOUND + 64 * 1024);
        write("stdout", "after\n");
        log.poll(false);
        assertThat(texts()).last().isEqualTo("after");
    }

    @Test
    void restart_afterTheRawFileWasCut_losesNothing() throws IOException {
        write("stdout", "z".repeat(99).concat("\n").repeat(1000));
        log.poll(false);
        assertThat(directory.resolve("stdout")).isEmptyFile();

        open();
        write("stdout", "after\n");
        log.poll(false);

        assertThat(texts()).last().isEqualTo("after");
    }

    @Test
    void endlessLine_isCut() throws IOException {
        write("stdout", "w".repeat(20_000));
        log.poll(false);

        assertThat(texts()).hasSize(2).allSatisfy(text -> assertThat(text).hasSize(8 * 1024));
    }

    private List<String> texts() throws IOException {
        return log.read().stream().map(LogEntry::text).toList();
    }

    private long bytes() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    private void write(String stream, String text) {
        write(stream, text.getBytes(StandardCharsets.UTF_8));
    }

    private void write(String stream, byte[] bytes) {
        try {
            Files.write(directory.resolve(stream), bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
