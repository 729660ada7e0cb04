package io.sandgate.sandbox.runtime.file;

import io.sandgate.sandbox.linux.NamedPipe;
import io.sandgate.sandbox.runtime.Accounts;
import io.sandgate.sandbox.runtime.GuestException.Code;
import io.sandgate.sandbox.runtime.SandboxFiles.Entry;
import io.sandgate.sandbox.runtime.SandboxFiles.Kind;
import io.sandgate.sandbox.runtime.watch.Watchers;
import java.io.IOException;
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
import org.junit.jupiter.params.provider.ValueSource;

import static io.sandgate.sandbox.runtime.file.Guest.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class HostilePathsTest {

    @TempDir
    Path directory;
    private Guest guest;

    @BeforeEach
    void open() throws IOException {
        guest = new Guest(directory);
    }

    @AfterEach
    void close() throws IOException {
        guest.close();
        assertThat(guest.outside.resolve("secret")).hasContent("outside");
        try (var names = Files.list(guest.outside)) {
            assertThat(names).hasSize(1);
        }
    }

    @Test
    void links_thatLeadOut_endWithin() throws IOException {
        Files.createSymbolicLink(guest.host("/tmp/absolute"), guest.outside);
        Files.createSymbolicLink(guest.host("/tmp/relative"), Path.of("../../../../../../.." + guest.outside));
        Files.createSymbolicLink(guest.host("/tmp/above"), Path.of("../../outside"));
        Files.createSymbolicLink(guest.host("/tmp/chain"), Path.of("above"));
        for (String link : List.of("absolute", "relative", "above", "chain")) {
            String path = "/tmp/" + link;
            assertRefused(Code.NOT_FOUND, () -> guest.get(path + "/secret"));
            assertRefused(Code.NOT_FOUND, () -> guest.files.list(path, 1, "user"));
            assertRefused(Code.NOT_FOUND, () -> guest.files.move(path + "/secret", "/tmp/stolen", "user"));
            assertRefused(Code.NOT_FOUND, () -> guest.files.watch(path, true, "user", new NoListener()));
            assertRefused(Code.NOT_FOUND,
                    () -> guest.files.compose(List.of(path + "/secret"), "/tmp/stolen", "user", Map.of()));
            guest.files.remove(path + "/secret", "user");
            assertThat(guest.files.stat(path, "user").kind()).isEqualTo(Kind.SYMLINK);
            guest.files.remove(path, "user");
        }
    }

    @Test
    void etcOfTheHost_isNotSeen() throws IOException {
        Files.createSymbolicLink(guest.host("/tmp/etc"), Path.of("/etc"));
        assertRefused(Code.NOT_FOUND, () -> guest.get("/tmp/etc/passwd"));
        assertRefused(Code.NOT_FOUND, () -> guest.get("/../../../../../etc/passwd"));
        assertRefused(Code.NOT_FOUND, () -> guest.get("../../../../../../etc/passwd"));
    }

    @Test
    void write_belowALinkThatLeadsOut_staysWithin() throws IOException {
        Files.createSymbolicLink(guest.host("/tmp/out"), guest.outside);
        assertRefused(Code.INVALID_ARGUMENT, () -> guest.put("/tmp/out/new", "x"));
        assertRefused(Code.INVALID_ARGUMENT, () -> guest.files.makeDirectory("/tmp/out/new", "user"));
        Files.createSymbolicLink(guest.host("/tmp/file"), guest.outside.resolve("new"));
        assertRefused(Code.NOT_FOUND, () -> guest.put("/tmp/file", "x"));
    }

    @Test
    void links_inLoopsAndLongChains_areRefused() throws IOException {
        Files.createSymbolicLink(guest.host("/tmp/a"), Path.of("b"));
        Files.createSymbolicLink(guest.host("/tmp/b"), Path.of("a"));
        Files.createSymbolicLink(guest.host("/tmp/link0"), Path.of("/tmp"));
        for (int i = 1; i < 100; i++) {
            Files.createSymbolicLink(guest.host("/tmp/link" + i), Path.of("link" + (i - 1)));
        }
        assertRefused(Code.INVALID_ARGUMENT, () -> guest.get("/tmp/a/x"));
        assertRefused(Code.INVALID_ARGUMENT, () -> guest.put("/tmp/a", "x"));
        assertRefused(Code.INVALID_ARGUMENT, () -> guest.files.list("/tmp/link99", 1, "user"));
        assertThat(guest.files.list("/tmp/link9", 1, "user")).hasSize(102);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/tmp/a\0b", "\0", "/tmp/\0"})
    void paths_withAZero_areRefused(String path) {
        assertRefusedEverywhere(path);
    }

    @Test
    void paths_thatAreTooLong_areRefused() {
        assertRefusedEverywhere("/tmp/" + "n".repeat(256));
        assertRefusedEverywhere("/tmp/" + "ü".repeat(128));
        assertRefusedEverywhere("/tmp" + "/name".repeat(900));
        assertRefusedEverywhere("/".repeat(5000));
        assertRefused(Code.NOT_FOUND, () -> guest.get("/tmp/" + "n".repeat(255)));
    }

    @Test
    void pipesSocketsAndDevices_areNeverOpened() throws IOException {
        NamedPipe.create(guest.host("/tmp/pipe").toString(), 0600);
        assertRefused(Code.INVALID_ARGUMENT, () -> guest.get("/tmp/pipe"));
        assertRefused(Code.INVALID_ARGUMENT, () -> guest.put("/tmp/pipe", "x"));
        assertRefused(Code.INVALID_ARGUMENT,
                () -> guest.files.compose(List.of("/tmp/pipe"), "/tmp/x", "user", Map.of()));
        assertThat(guest.files.stat("/tmp/pipe", "user").permissions()).isEqualTo("prw-------");
        assertThat(guest.files.stat("/tmp/pipe", "user").kind()).isEqualTo(Kind.OTHER);
        try (var host = Guest.root(Path.of("/"))) {
            var files = filesOf(host);
            assertRefused(Code.INVALID_ARGUMENT, () -> files.read("/dev/zero", "user"));
            assertRefused(Code.INVALID_ARGUMENT, () -> files.write("/dev/null", "user", Map.of()));
            assertThat(files.stat("/dev/null", "user").kind()).isEqualTo(Kind.OTHER);
        }
    }

    @Test
    void fileSystemsOfTheKernel_areNotUsed() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("to-proc"), Path.of("/proc"));
        try (var host = Guest.root(Path.of("/"))) {
            var files = filesOf(host);
            for (String path : List.of("/proc/sys/kernel/hostname", "/sys/kernel/notes", link + "/version")) {
                assertRefused(Code.PERMISSION_DENIED, () -> files.read(path, "user"));
                assertRefused(Code.PERMISSION_DENIED, () -> files.write(path, "user", Map.of()));
                assertRefused(Code.PERMISSION_DENIED, () -> files.remove(path, "user"));
                assertRefused(Code.PERMISSION_DENIED, () -> files.move(path, "/tmp/x", "user"));
            }
            assertRefused(Code.PERMISSION_DENIED, () -> files.list("/proc", 1, "user"));
            assertRefused(Code.PERMISSION_DENIED, () -> files.makeDirectory("/sys/fs/x", "user"));
            assertRefused(Code.PERMISSION_DENIED, () -> files.watch("/proc", true, "user", new NoListener()));
            assertRefused(Code.FAILED_PRECONDITION, () -> files.remove("/proc", "user"));
            assertThat(files.stat("/proc/self/exe", "user").symlinkTarget()).isEmpty();
            assertThat(files.stat("/proc", "user").kind()).isEqualTo(Kind.DIRECTORY);
        }
    }

    @Test
    void names_thatAreNoText_areListedAndRemoved() throws Exception {
        var made = new ProcessBuilder("sh", "-c", "mkdir d && cd d && : > \"$(printf 'a\\377b')\"")
                .directory(guest.host("/tmp").toFile()).start();
        assertThat(made.waitFor()).isZero();
        List<Entry> entries = guest.files.list("/tmp/d", 1, "user");
        assertThat(entries).hasSize(1);
        assertThat(guest.files.stat(entries.getFirst().path(), "user").kind()).isEqualTo(Kind.FILE);
        guest.files.remove("/tmp/d", "user");
        assertThat(guest.host("/tmp/d")).doesNotExist();
    }

    private void assertRefusedEverywhere(String path) {
        var files = guest.files;
        assertRefused(Code.INVALID_ARGUMENT, () -> files.stat(path, "user"));
        assertRefused(Code.INVALID_ARGUMENT, () -> files.makeDirectory(path, "user"));
        assertRefused(Code.INVALID_ARGUMENT, () -> files.move(path, "/tmp/x", "user"));
        assertRefused(Code.INVALID_ARGUMENT, () -> files.move("/tmp", path, "user"));
        assertRefused(Code.INVALID_ARGUMENT, () -> files.list(path, 1, "user"));
        assertRefused(Code.INVALID_ARGUMENT, () -> files.remove(path, "user"));
        assertRefused(Code.INVALID_ARGUMENT, () -> files.read(path, "user"));
        assertRefused(Code.INVALID_ARGUMENT, () -> files.write(path, "user", Map.of()));
        assertRefused(Code.INVALID_ARGUMENT, () -> files.compose(List.of(path), "/tmp/x", "user", Map.of()));
        assertRefused(Code.INVALID_ARGUMENT, () -> files.watch(path, false, "user", new NoListener()));
    }

    private GuestFiles filesOf(SandboxRoot root) {
        Accounts same = new Guest.Users();
        return new GuestFiles(root, same, FileBounds.DEFAULT, new Watchers(10));
    }
}
