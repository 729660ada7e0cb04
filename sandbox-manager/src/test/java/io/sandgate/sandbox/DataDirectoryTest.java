package io.sandgate.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// One replica for one directory, and directories that cannot be used.
class DataDirectoryTest {

    @TempDir
    Path parent;

    @Test
    void open_makesIt() {
        try (DataDirectory data = DataDirectory.open(parent.resolve("a/b"))) {
            assertThat(data.path()).isDirectory();
        }
    }

    @Test
    void open_twice_isRefusedUntilTheFirstIsClosed() {
        DataDirectory first = DataDirectory.open(parent);

        assertThatThrownBy(() -> DataDirectory.open(parent)).isInstanceOf(SandboxException.class)
                .hasMessageContaining("sandgate.data.dir").hasMessageContaining("another replica");

        first.close();
        DataDirectory.open(parent).close();
    }

    @Test
    void open_ofAFile_isRefusedAndKept() throws IOException {
        Path file = Files.writeString(parent.resolve("file"), "kept");

        assertThatThrownBy(() -> DataDirectory.open(file)).isInstanceOf(SandboxException.class)
                .hasMessageContaining("sandgate.data.dir").hasMessageContaining("is not a directory");
        assertThatThrownBy(() -> DataDirectory.open(file.resolve("below"))).isInstanceOf(SandboxException.class)
                .hasMessageContaining("sandgate.data.dir");

        assertThat(file).hasContent("kept");
    }

    @Test
    void open_lockNotToBeOpened_isRefused() throws IOException {
        Files.createDirectories(parent.resolve("lock"));

        assertThatThrownBy(() -> DataDirectory.open(parent)).isInstanceOf(SandboxException.class)
                .hasMessageContaining("sandgate.data.dir").hasMessageContaining("rights");
    }
}
