package io.sandgate.sandbox.linux;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SparseFileTest {

    private static final int PAGE = 4096;

    @TempDir
    Path folder;

    private final Random random = new Random(7);
    private Path original;
    private Path copy;

    @BeforeEach
    void choose() {
        original = folder.resolve("original");
        copy = folder.resolve("copy");
    }

    @Test
    void copy_hasTheSameBytesAndNoMoreThanTheData() throws Exception {
        write(64L * PAGE, 3 * PAGE, 5, 17 * PAGE + 100, 20_000, 40 * PAGE, 2 * PAGE);

        SparseFile.of(original).copyTo(copy);

        assertThat(copy).hasSameBinaryContentAs(original);
        assertThat(allocated(copy)).isLessThanOrEqualTo(10L * PAGE);
    }

    @Test
    void copy_ofDataAtBothEnds_isWhole() throws Exception {
        write(9 * PAGE + 123, 0, PAGE, 8 * PAGE, PAGE + 123);

        SparseFile.of(original).copyTo(copy);

        assertThat(copy).hasSameBinaryContentAs(original);
    }

    @Test
    void copy_leavesOutZerosThatWereWritten() throws Exception {
        try (var file = new RandomAccessFile(original.toFile(), "rw")) {
            file.write(new byte[100 * PAGE]);
            file.seek(50 * PAGE);
            file.write(1);
        }

        SparseFile.of(original).copyTo(copy);

        assertThat(copy).hasSameBinaryContentAs(original);
        assertThat(allocated(copy)).isLessThanOrEqualTo(2L * PAGE);
    }

    @Test
    void copy_ofNothingButAHole_isAsLong() throws Exception {
        write(1L << 30);

        SparseFile.of(original).copyTo(copy);

        assertThat(Files.size(copy)).isEqualTo(1L << 30);
        assertThat(allocated(copy)).isLessThanOrEqualTo(PAGE);
    }

    @Test
    void copy_toAFileThatIsThere_leavesIt() throws Exception {
        write(PAGE, 0, 10);
        Files.writeString(copy, "mine");

        assertThatThrownBy(() -> SparseFile.of(original).copyTo(copy)).isInstanceOf(FileAlreadyExistsException.class);

        assertThat(copy).hasContent("mine");
    }

    @Test
    void copy_ofAFileThatHasBecomeShorter_isNotLeftBehind() throws Exception {
        write(10 * PAGE, 0, 10 * PAGE);
        SparseFile sparse = SparseFile.of(original);
        write(PAGE, 0, PAGE);

        assertThatThrownBy(() -> sparse.copyTo(copy)).isInstanceOf(IOException.class);

        assertThat(copy).doesNotExist();
    }

    /// @param parts where data begins and how long it is, in turn
    private void write(long size, int... parts) throws IOException {
        try (var file = new RandomAccessFile(original.toFile(), "rw")) {
            file.setLength(size);
            for (int i = 0; i < parts.length; i += 2) {
                byte[] data = new byte[parts[i + 1]];
                random.nextBytes(data);
                file.seek(parts[i]);
                file.write(data);
            }
        }
    }

    private static long allocated(Path file) throws IOException {
        try (Descriptor descriptor = Descriptor.open(file.toString(), 0, OpenFlag.PATH)) {
            return descriptor.status().allocated();
        }
    }
}
