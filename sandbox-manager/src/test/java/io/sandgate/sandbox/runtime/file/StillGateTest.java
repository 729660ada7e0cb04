package io.sandgate.sandbox.runtime.file;

import io.sandgate.sandbox.runtime.SandboxFiles.Writing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/// Files that are kept still: who changes them waits outside of the kernel, who reads them does not.
@Timeout(30)
class StillGateTest {

    @TempDir
    private Path directory;
    private Guest guest;

    /// What changes the files of a sandbox.
    enum Change {
        MAKE_DIRECTORY, MOVE, REMOVE, OPEN_FOR_WRITING, WRITE, COMPOSE
    }

    @BeforeEach
    void open() throws IOException {
        guest = new Guest(directory);
        guest.put("/tmp/file", "old");
        guest.put("/tmp/part", "part");
    }

    @AfterEach
    void close() {
        guest.close();
    }

    @ParameterizedTest
    @EnumSource
    void change_waitsUntilTheFilesNeedNotBeStill(Change change) throws Exception {
        var opened = guest.files.write("/tmp/opened", "user", Map.of());
        Thread changing = Thread.ofVirtual().unstarted(() -> make(change, opened));
        List<String> before = names();

        guest.files.whileStill(() -> {
            changing.start();
            while (changing.getState() != Thread.State.WAITING && changing.isAlive()) {
                Thread.onSpinWait();
            }
            assertThat(names()).isEqualTo(before);
            assertThat(guest.get("/tmp/file")).isEqualTo("old");
            return guest.files.list("/tmp", 1, "user");
        });

        changing.join();
        assertThat(names()).isNotEqualTo(before);
        opened.close();
    }

    @Test
    void still_thatFails_letsChangesGoOn() throws Exception {
        try {
            guest.files.whileStill(() -> {
                throw new IOException("expected by the test");
            });
        } catch (IOException e) {
            assertThat(e).hasMessage("expected by the test");
        }

        guest.put("/tmp/file", "new");
        assertThat(guest.get("/tmp/file")).isEqualTo("new");
    }

    private void make(Change change, Writing opened) {
        try {
            switch (change) {
                case MAKE_DIRECTORY -> guest.files.makeDirectory("/tmp/new", "user");
                case MOVE -> guest.files.move("/tmp/file", "/tmp/moved", "user");
                case REMOVE -> guest.files.remove("/tmp/file", "user");
                case OPEN_FOR_WRITING -> guest.files.write("/tmp/new", "user", Map.of()).close();
                case WRITE -> opened.channel().write(ByteBuffer.wrap("new".getBytes(UTF_8)));
                case COMPOSE -> guest.files.compose(List.of("/tmp/part"), "/tmp/composed", "user", Map.of());
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// The names of the files and their sizes.
    private List<String> names() throws IOException {
        try (var files = Files.list(guest.host("/tmp"))) {
            return files.map(file -> file.getFileName() + " " + file.toFile().length()).sorted().toList();
        }
    }
}
