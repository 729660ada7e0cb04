package io.sandgate.sandbox.runtime.file;

import io.sandgate.sandbox.Needed;
import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.GuestException.Code;
import io.sandgate.sandbox.runtime.SandboxFiles.Entry;
import io.sandgate.sandbox.runtime.SandboxFiles.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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

class GuestFilesTest {

    @TempDir
    Path directory;
    private Guest guest;

    @BeforeEach
    void open() throws IOException {
        guest = new Guest(directory, new FileBounds(20, 100, 8));
    }

    @AfterEach
    void close() {
        guest.close();
    }

    @Test
    void write_newFile_makesDirectoriesAndDescribesIt() throws IOException {
        try (var writing = guest.files.write("a/b/ü.txt", "user", Map.of("Note", "größe"))) {
            writing.channel().write(ByteBuffer.wrap("hello".getBytes(UTF_8)));
            Entry entry = writing.entry();
            assertThat(entry.path()).isEqualTo("/home/user/a/b/ü.txt");
            assertThat(entry.name()).isEqualTo("ü.txt");
            assertThat(entry.size()).isEqualTo(5);
            assertThat(entry.kind()).isEqualTo(Kind.FILE);
            assertThat(entry.permissions()).isEqualTo("-rw-r--r--");
            assertThat(entry.mode()).isEqualTo(0644);
            assertThat(entry.metadata()).isIn(Map.of("Note", "größe"), Map.of());
        }
        assertThat(guest.get("~/a/b/ü.txt")).isEqualTo("hello");
        assertThat(guest.files.stat("/home/user/a", "user").permissions()).isEqualTo("drwxr-xr-x");
    }

    @Test
    void write_asUser_givesFilesAndDirectoriesToIt() throws IOException {
        Needed.that(Guest.actsAsRoot(), "root, who may give files away");
        guest.put("/data/sub/file", "x");
        for (String path : List.of("/data", "/data/sub", "/data/sub/file")) {
            assertThat(Files.getAttribute(guest.host(path), "unix:uid")).as(path).isEqualTo(Guest.USER_ON_HOST);
            assertThat(Files.getAttribute(guest.host(path), "unix:gid")).as(path).isEqualTo(Guest.USER_ON_HOST);
        }
        assertThat(guest.files.stat("/data/sub/file", "user").owner()).isEqualTo("user");
        assertThat(guest.files.stat("/data/sub/file", "user").group()).isEqualTo("users");
    }

    @Test
    void write_existingFile_keepsModeAndOwnerAndDropsTheRest() throws IOException {
        Path file = Files.writeString(guest.host("/tmp/old"), "something long");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        if (Guest.actsAsRoot()) {
            Files.setAttribute(file, "unix:uid", 61_001);
        }
        guest.files.write("/tmp/old", "user", Map.of("a", "1")).close();
        guest.files.write("/tmp/old", "user", Map.of("b", "2")).close();
        Entry entry = guest.files.stat("/tmp/old", "user");
        assertThat(entry.size()).isZero();
        assertThat(entry.mode()).isEqualTo(0700);
        assertThat(entry.metadata()).isIn(Map.of("b", "2"), Map.of());
        if (Guest.actsAsRoot()) {
            assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(61_001);
        }
    }

    @Test
    void write_throughLinks_reachesTheirTargetInTheSandbox() throws IOException {
        guest.put("/tmp/real", "old");
        Files.createSymbolicLink(guest.host("/tmp/link"), Path.of("/tmp/real"));
        Files.createSymbolicLink(guest.host("/tmp/dangling"), Path.of("/tmp/made"));
        guest.put("/tmp/link", "new");
        guest.put("/tmp/dangling", "made");
        assertThat(guest.get("/tmp/real")).isEqualTo("new");
        assertThat(guest.get("/tmp/made")).isEqualTo("made");
        assertThat(Files.isSymbolicLink(guest.host("/tmp/link"))).isTrue();
    }

    @Test
    void write_whatIsNoFile_isRefused() throws IOException {
        guest.put("/tmp/file", "x");
        assertRefused(Code.INVALID_ARGUMENT, () -> guest.files.write("/tmp", "user", Map.of()));
        assertRefused(Code.INVALID_ARGUMENT, () -> guest.files.write("", "user", Map.of()));
        assertRefused(Code.INVALID_ARGUMENT, () -> guest.files.write("/tmp/file/below", "user", Map.of()));
        assertRefused(Code.INVALID_ARGUMENT, () -> guest.files.write("/tmp/m", "user", Map.of("", "x")));
        assertRefused(Code.INVALID_ARGUMENT,
                () -> guest.files.write("/tmp/m", "user", Map.of("long", "x".repeat(70_000))));
        assertRefused(Code.UNAUTHENTICATED, () -> guest.files.write("/tmp/m", "nobody", Map.of()));
        assertThat(guest.host("/tmp/m")).doesNotExist();
    }

    @Test
    void read_partsOfAFile_areFoundByPosition() throws IOException {
        guest.put("/tmp/file", "0123456789");
        try (var reading = guest.files.read("/tmp/file", "user")) {
            assertThat(reading.entry().size()).isEqualTo(10);
            assertThat(reading.channel().size()).isEqualTo(10);
            reading.channel().position(7);
            var buffer = ByteBuffer.allocate(16);
            assertThat(reading.channel().read(buffer)).isEqualTo(3);
            assertThat(reading.channel().read(buffer)).isEqualTo(-1);
            assertThat(UTF_8.decode(buffer.flip()).toString()).isEqualTo("789");
        }
    }

    @Test
    void read_whatIsNoFile_saysWhy() {
        assertThatExceptionOfType(GuestException.class).isThrownBy(() -> guest.files.read("/tmp/none", "user"))
                .withMessage("path '/tmp/none' does not exist").extracting(GuestException::code)
                .isEqualTo(Code.NOT_FOUND);
        assertThatExceptionOfType(GuestException.class).isThrownBy(() -> guest.files.read("/tmp", "user"))
                .withMessage("path '/tmp' is not a regular file").extracting(GuestException::code)
                .isEqualTo(Code.INVALID_ARGUMENT);
    }

    @Test
    void stat_links_haveTheKindOfTheirTarget() throws IOException {
        guest.put("/tmp/real", "12345");
        Files.createSymbolicLink(guest.host("/tmp/file"), Path.of("real"));
        Files.createSymbolicLink(guest.host("/tmp/directory"), Path.of("/home/user"));
        Files.createSymbolicLink(guest.host("/tmp/dangling"), Path.of("none"));
        Files.createSymbolicLink(guest.host("/tmp/loop"), Path.of("loop"));

        Entry file = guest.files.stat("/tmp/file", "user");
        assertThat(file.kind()).isEqualTo(Kind.FILE);
        assertThat(file.size()).isEqualTo(5);
        assertThat(file.permissions()).isEqualTo("Lrwxrwxrwx");
        assertThat(file.symlinkTarget()).contains("/tmp/real");
        assertThat(guest.files.stat("/tmp/directory", "user"))
                .satisfies(entry -> assertThat(entry.kind()).isEqualTo(Kind.DIRECTORY))
                .satisfies(entry -> assertThat(entry.symlinkTarget()).contains("/home/user"));
        assertThat(guest.files.stat("/tmp/dangling", "user"))
                .satisfies(entry -> assertThat(entry.kind()).isEqualTo(Kind.SYMLINK))
                .satisfies(entry -> assertThat(entry.symlinkTarget()).contains("none"));
        assertThat(guest.files.stat("/tmp/loop", "user").kind()).isEqualTo(Kind.SYMLINK);
    }

    @Test
    void stat_rootAndHome_areDirectories() {
        assertThat(guest.files.stat("/", "user").path()).isEqualTo("/");
        assertThat(guest.files.stat("", "user").path()).isEqualTo("/home/user");
        assertThat(guest.files.stat("~", "user").kind()).isEqualTo(Kind.DIRECTORY);
        assertRefused(Code.NOT_FOUND, () -> guest.files.stat("/none", "user"));
        assertRefused(Code.INVALID_ARGUMENT, () -> guest.files.stat("~root/x", "user"));
    }

    @Test
    void makeDirectory_again_isToldApart() throws IOException {
        assertThat(guest.files.makeDirectory("x/y", "user").path()).isEqualTo("/home/user/x/y");
        guest.put("/tmp/file", "");
        assertRefused(Code.ALREADY_EXISTS, () -> guest.files.makeDirectory("x/y", "user"));
        assertRefused(Code.INVALID_ARGUMENT, () -> guest.files.makeDirectory("/tmp/file", "user"));
        assertRefused(Code.INVALID_ARGUMENT, () -> guest.files.makeDirectory("/tmp/file/x", "user"));
    }

    @Test
    void list_depth_showsAsMuchAsWasAskedFor() throws IOException {
        guest.put("/tmp/d/b/deep/file", "");
        guest.put("/tmp/d/a", "");
        guest.put("/tmp/d/b.txt", "");
        Files.createSymbolicLink(guest.host("/tmp/d/link"), Path.of("b"));
        assertThat(guest.files.list("/tmp/d", 1, "user")).extracting(Entry::path).containsExactly("/tmp/d/a",
                "/tmp/d/b", "/tmp/d/b.txt", "/tmp/d/link");
        assertThat(guest.files.list("/tmp/d", 9, "user")).extracting(Entry::path).containsExactly("/tmp/d/a",
                "/tmp/d/b", "/tmp/d/b/deep", "/tmp/d/b/deep/file", "/tmp/d/b.txt", "/tmp/d/link");
        assertRefused(Code.INVALID_ARGUMENT, () -> guest.files.list("/tmp/d/a", 1, "user"));
        assertRefused(Code.INVALID_ARGUMENT, () -> guest.files.list("/tmp/d", 0, "user"));
        assertRefused(Code.NOT_FOUND, () -> guest.files.list("/tmp/none", 1, "user"));
    }

    @Test
    void list_moreThanTheBound_isRefusedByItsName() throws IOException {
        for (int i = 0; i < 20; i++) {
            Files.createFile(guest.host("/tmp/" + i));
        }
        assertThat(guest.files.list("/tmp", 1, "user")).hasSize(20);
        Files.createFile(guest.host("/tmp/one-more"));
        assertThatExceptionOfType(GuestException.class).isThrownBy(() -> guest.files.list("/tmp", 1, "user"))
                .withMessageContaining("more than 20 entries").extracting(GuestException::code)
                .isEqualTo(Code.RESOURCE_EXHAUSTED);
    }

    @Test
    void remove_treesLinksAndNothing_leavesTheRest() throws IOException {
        guest.put("/tmp/d/a/b/file", "x");
        guest.put("/home/user/kept", "x");
        Files.createSymbolicLink(guest.host("/tmp/d/link"), Path.of("/home/user"));
        guest.files.remove("/tmp/d", "user");
        guest.files.remove("/tmp/d", "user");
        guest.files.remove("/home/user/kept/below", "user");
        assertThat(guest.host("/tmp/d")).doesNotExist();
        assertThat(guest.host("/home/user/kept")).exists();
        assertRefused(Code.INVALID_ARGUMENT, () -> guest.files.remove("/", "user"));
        assertRefused(Code.INVALID_ARGUMENT, () -> guest.files.remove("/a/..", "user"));
        assertRefused(Code.INVALID_ARGUMENT, () -> guest.files.remove("", "user"));
    }

    @Test
    void remove_deeperThanTheBound_isRefused() throws IOException {
        Files.createDirectories(guest.host("/tmp/1/2/3/4/5/6/7/8/9"));
        assertRefused(Code.RESOURCE_EXHAUSTED, () -> guest.files.remove("/tmp/1", "user"));
    }

    @Test
    void move_toNewDirectories_makesThemAndReplaces() throws IOException {
        guest.put("/tmp/a/file", "new");
        guest.put("/home/user/x/file", "old");
        assertThat(guest.files.move("/tmp/a/file", "x/file", "user").path()).isEqualTo("/home/user/x/file");
        assertThat(guest.files.move("/tmp/a", "/p/q", "user").kind()).isEqualTo(Kind.DIRECTORY);
        assertThat(guest.get("x/file")).isEqualTo("new");
        assertThat(guest.host("/tmp/a")).doesNotExist();
        assertRefused(Code.NOT_FOUND, () -> guest.files.move("/tmp/none", "/tmp/b", "user"));
        assertRefused(Code.INVALID_ARGUMENT, () -> guest.files.move("/p", "/p/q/r", "user"));
        assertThat(guest.host("/p/q")).isDirectory();
    }

    @Test
    void compose_files_areJoinedAndGone() throws IOException {
        guest.put("/tmp/1", "one ");
        guest.put("/tmp/2", "two ");
        guest.put("/tmp/3", "three");
        Entry entry = guest.files.compose(List.of("/tmp/1", "/tmp/2", "/tmp/3"), "all/text", "user", Map.of());
        assertThat(entry.size()).isEqualTo(13);
        assertThat(guest.get("all/text")).isEqualTo("one two three");
        assertThat(guest.host("/tmp")).isEmptyDirectory();
        if (Guest.actsAsRoot()) {
            assertThat(entry.owner()).isEqualTo("user");
        }
    }

    @Test
    void compose_intoOneOfTheSources_keepsTheWhole() throws IOException {
        guest.put("/tmp/1", "one ");
        guest.put("/tmp/2", "two");
        guest.files.compose(List.of("/tmp/1", "/tmp/2"), "/tmp/1", "user", Map.of());
        assertThat(guest.get("/tmp/1")).isEqualTo("one two");
        assertThat(guest.files.list("/tmp", 1, "user")).hasSize(1);
    }

    @Test
    void compose_withAMissingSource_leavesAllAsItWas() throws IOException {
        guest.put("/tmp/1", "one ");
        assertThatExceptionOfType(GuestException.class).isThrownBy(
                () -> guest.files.compose(List.of("/tmp/1", "/tmp/2"), "/tmp/all", "user", Map.of()))
                .withMessage("path '/tmp/2' does not exist");
        assertRefused(Code.INVALID_ARGUMENT, () -> guest.files.compose(List.of(), "/tmp/all", "user", Map.of()));
        assertRefused(Code.INVALID_ARGUMENT,
                () -> guest.files.compose(List.of("/tmp/1"), "/home", "user", Map.of()));
        assertThat(guest.files.list("/tmp", 1, "user")).extracting(Entry::name).containsExactly("1");
    }

    @Test
    void call_afterTheSandboxEnded_isRefused() {
        guest.close();
        assertRefused(Code.UNAVAILABLE, () -> guest.files.stat("/tmp", "user"));
    }
}
