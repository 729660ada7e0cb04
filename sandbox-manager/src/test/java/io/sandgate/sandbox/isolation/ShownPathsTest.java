package io.sandgate.sandbox.isolation;

import io.sandgate.sandbox.SandboxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ShownPathsTest {

    @TempDir
    Path directory;

    @Test
    void folder_thatIsThere_isShown() {
        assertThat(ShownPaths.checked(List.of(directory), false)).contains(directory);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/tmp", "/home", "/root", "/etc", "/usr", "/var", "/proc", "/proc/1", "/dev/shm",
            "/sys",
            "/sys/fs", "/run", "/mnt"})
    void folder_thatASandboxHasOfItsOwn_isRefused(String folder) {
        refused(Path.of(folder), false, "sandgate.sandbox.shown-paths: " + folder + " (expected: a folder ");
    }

    @Test
    void folder_thatIsNone_isRefused() throws Exception {
        refused(directory.resolve("nowhere"), false, "a folder that is there");
        refused(Files.writeString(directory.resolve("file"), "text"), false, "a folder that is there");
        refused(Files.createSymbolicLink(directory.resolve("link"), Path.of("/proc/self")), false, "outside of /proc");
    }

    @Test
    void folder_keptFromOthers_isRefusedWhereOthersReadIt() throws Exception {
        Path hidden = Files.createDirectory(directory.resolve("hidden"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path below = Files.createDirectory(hidden.resolve("below"));

        assertThat(ShownPaths.checked(List.of(below), false)).contains(below);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        refused(below, true, hidden + " keeps from others");
    }

    private static void refused(Path folder, boolean everyone, String message) {
        assertThatThrownBy(() -> ShownPaths.checked(List.of(folder), everyone)).isInstanceOf(SandboxException.class)
                .hasMessageContaining(message);
    }
}
