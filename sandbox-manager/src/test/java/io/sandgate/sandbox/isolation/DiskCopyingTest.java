package io.sandgate.sandbox.isolation;

import io.sandgate.sandbox.driver.SandboxDriver;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class DiskCopyingTest {

    @TempDir
    private Path directory;

    @Test
    void patience_growsWithWhatTheDiskTakes() {
        assertThat(DiskCopying.patience(0)).isEqualTo(Duration.ofSeconds(20));
        assertThat(DiskCopying.patience(1L << 30)).isEqualTo(Duration.ofSeconds(84));
        assertThat(DiskCopying.patience(Long.MAX_VALUE)).isEqualTo(SandboxDriver.LONGEST_COPY);
    }

    @Test
    void bytes_ofAFolder_doNotCountHoles() throws IOException {
        Path disk = Files.createDirectory(directory.resolve(Disks.NAME));
        try (RandomAccessFile file = new RandomAccessFile(disk.resolve("sparse").toFile(), "rw")) {
            file.setLength(1L << 40);
        }
        Files.write(disk.resolve("full"), new byte[1 << 20]);

        assertThat(new DiskFolders(false).bytes(directory)).isBetween(1L << 20, 2L << 20);
    }
}
