package io.sandgate.sandbox.runtime.file;

import io.sandgate.sandbox.Needed;
import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.GuestException.Code;
import io.sandgate.sandbox.runtime.SandboxFiles.Entry;
import io.sandgate.sandbox.runtime.watch.Watchers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static io.sandgate.sandbox.runtime.file.Guest.assertRefused;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/// A sandbox with mounts of its own, which this process does not have: home is small, and a part of tmp cannot be changed.
class SeparateMountsTest {

    private static final String MOUNTS = """
            set -e
            mount --make-rprivate /
            mount -t tmpfs -o size=256k,mode=755 none home/user
            mkdir home/user/kept tmp/fixed
            echo fixed > tmp/fixed/file
            mount --bind tmp/fixed tmp/fixed
            mount -o remount,ro,bind tmp/fixed
            echo ready
            cat > /dev/null
            """;

    @TempDir
    Path directory;
    private Path root;
    private Process holder;
    private SandboxRoot opened;
    private GuestFiles files;

    @BeforeEach
    void open() throws IOException {
        Needed.that(Guest.actsAsRoot(), "root, who may mount");
        root = directory.resolve("root");
        Files.createDirectories(root.resolve("home/user"));
        Files.createDirectories(root.resolve("tmp"));
        holder = new ProcessBuilder("unshare", "-m", "sh", "-c", MOUNTS).directory(root.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        Needed.that("ready".equals(holder.inputReader(UTF_8).readLine()), "a machine that lets root mount");
        opened = Guest.root(Path.of("/proc", Long.toString(holder.pid()), "root" + root));
        files = new GuestFiles(opened, new Guest.Users(), FileBounds.DEFAULT, new Watchers(10));
    }

    @AfterEach
    void close() throws Exception {
        if (opened != null) {
            opened.close();
        }
        if (holder != null) {
            holder.destroyForcibly().waitFor();
        }
    }

    @Test
    void move_treeToAnotherMount_keepsAllThatBelongsToIt() throws IOException {
        put("/tmp/d/sub/file", "content");
        put("/home/user/target/old", "old");
        Path file = root.resolve("tmp/d/sub/file");
        Files.setAttribute(file, "unix:uid", 61_002);
        Files.setAttribute(file, "unix:mode", 0100750);
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));
        Files.createSymbolicLink(root.resolve("tmp/d/link"), Path.of("/etc/passwd"));
        files.write("/tmp/d/noted", "user", Map.of("note", "kept")).close();

        files.move("/tmp/d", "moved/d", "user");

        assertThat(root.resolve("tmp/d")).doesNotExist();
        Path host = Path.of("/proc", Long.toString(holder.pid()), "root" + root, "home/user/moved/d");
        assertThat(Files.readString(host.resolve("sub/file"))).isEqualTo("content");
        assertThat(Files.getAttribute(host.resolve("sub/file"), "unix:uid")).isEqualTo(61_002);
        assertThat(files.stat("moved/d/sub/file", "user").mode()).isEqualTo(0750);
        assertThat(files.stat("moved/d/sub/file", "user").modified().toEpochMilli()).isEqualTo(1_000_000);
        assertThat(Files.readSymbolicLink(host.resolve("link"))).isEqualTo(Path.of("/etc/passwd"));
        assertThat(files.stat("moved/d/noted", "user").metadata()).isIn(Map.of("note", "kept"), Map.of());
        assertThat(files.list("moved", 9, "user")).hasSize(5);
    }

    @Test
    void move_fileToAnotherMount_replacesWhatIsThere() throws IOException {
        put("/tmp/file", "new");
        put("/home/user/file", "old");
        files.move("/tmp/file", "file", "user");
        assertThat(get("/home/user/file")).isEqualTo("new");
        assertThat(files.list("", 1, "user")).extracting(Entry::name).containsExactly("file", "kept");
        assertRefused(Code.NOT_FOUND, () -> files.stat("/tmp/file", "user"));
    }

    @Test
    void move_moreThanFits_leavesTheSourceAndNothingElse() throws IOException {
        put("/tmp/d/large", "x".repeat(1_000_000));
        assertRefused(Code.NO_SPACE, () -> files.move("/tmp/d", "d", "user"));
        assertThat(files.stat("/tmp/d/large", "user").size()).isEqualTo(1_000_000);
        assertThat(files.list("", 1, "user")).extracting(Entry::name).containsExactly("kept");
    }

    @Test
    void write_moreThanFits_isNoSpace() throws IOException {
        try (var writing = files.write("large", "user", Map.of())) {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> writing.channel().write(ByteBuffer.allocate(1_000_000)))
                    .satisfies(e -> assertThat(writing.failure(e)).extracting(GuestException::code)
                            .isEqualTo(Code.NO_SPACE))
                    .satisfies(e -> assertThat(writing.failure(e))
                            .hasMessage("no space left on the disk of the sandbox for '/home/user/large'"));
        }
    }

    @Test
    void removeAndMove_ofAMount_areRefused() {
        for (String path : List.of("/home/user", "/home", "/tmp/fixed")) {
            assertRefused(Code.FAILED_PRECONDITION, () -> files.remove(path, "user"));
        }
        assertRefused(Code.FAILED_PRECONDITION, () -> files.move("/home/user", "/tmp/u", "user"));
        assertRefused(Code.FAILED_PRECONDITION, () -> files.move("/tmp/fixed", "/tmp/u", "user"));
        assertThat(files.stat("/home/user", "user").path()).isEqualTo("/home/user");
        assertThat(files.stat("/tmp/fixed/file", "user").size()).isEqualTo(6);
    }

    @Test
    void changes_inAReadOnlyMount_areRefused() {
        assertRefused(Code.PERMISSION_DENIED, () -> files.write("/tmp/fixed/file", "user", Map.of()));
        assertRefused(Code.PERMISSION_DENIED, () -> files.write("/tmp/fixed/new", "user", Map.of()));
        assertRefused(Code.PERMISSION_DENIED, () -> files.remove("/tmp/fixed/file", "user"));
        assertRefused(Code.PERMISSION_DENIED, () -> files.makeDirectory("/tmp/fixed/d", "user"));
        assertRefused(Code.PERMISSION_DENIED, () -> files.move("/tmp/fixed/file", "/tmp/x", "user"));
        assertThat(files.stat("/tmp/fixed/file", "user").size()).isEqualTo(6);
    }

    private void put(String path, String content) throws IOException {
        try (var writing = files.write(path, "user", Map.of())) {
            writing.channel().write(ByteBuffer.wrap(content.getBytes(UTF_8)));
        }
    }

    private String get(String path) throws IOException {
        try (var reading = files.read(path, "user")) {
            var buffer = ByteBuffer.allocate((int) reading.channel().size());
            reading.channel().read(buffer);
            return UTF_8.decode(buffer.flip()).toString();
        }
    }
}
