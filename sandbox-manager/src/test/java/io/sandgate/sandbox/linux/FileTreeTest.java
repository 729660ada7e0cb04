package io.sandgate.sandbox.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class FileTreeTest {

    private static final int DEPTH = 5_000;

    @TempDir
    private Path directory;

    /// Makes directories within directories, each with a file in it.
    private static void nest(Path top, String name) throws IOException {
        var here = new Directory(Descriptor.open(top.toString(), 0, OpenFlag.PATH, OpenFlag.DIRECTORY));
        for (int i = 0; i < DEPTH; i++) {
            here.makeDirectory(name, 0700);
            var next = new Directory(here.open(name, 0, OpenFlag.PATH, OpenFlag.DIRECTORY));
            here.close();
            here = next;
            here.open("file", 0600, OpenFlag.WRONLY, OpenFlag.CREAT).close();
        }
        here.close();
    }

    @Test
    void delete_ofDirectoriesDeeperThanAnyPath_removesThem() throws IOException {
        Path top = Files.createDirectory(directory.resolve("top"));
        nest(top, "n".repeat(255));

        FileTree.delete(top);

        assertThat(top).doesNotExist();
    }

    @Test
    void delete_doesNotFollowLinks() throws IOException {
        Path kept = Files.createDirectory(directory.resolve("kept"));
        Files.writeString(kept.resolve("file"), "kept");
        Path top = directory.resolve("top");
        Files.createDirectories(top.resolve("within"));
        Files.createSymbolicLink(top.resolve("link"), kept);
        Files.createSymbolicLink(top.resolve("within/link"), kept);

        FileTree.delete(top);

        assertThat(top).doesNotExist();
        assertThat(kept.resolve("file")).hasContent("kept");
    }

    @Test
    void delete_ofNamesAsItsOwn_removesThemAll() throws IOException {
        Path top = Files.createDirectory(directory.resolve("top"));
        for (String name : new String[]{".moved-1", ".moved-2/a", ".moved-3/.moved-1/.moved-2", "a/b/c", "d/e/f/g"}) {
            Files.createDirectories(top.resolve(name));
        }
        Files.writeString(top.resolve(".moved-4"), "a file");

        FileTree.delete(top);

        assertThat(top).doesNotExist();
    }

    @Test
    void delete_ofAClosedDirectory_removesIt() throws IOException {
        Path closed = directory.resolve("top/closed");
        Path within = Files.createDirectories(closed.resolve("within"));
        for (Path each : new Path[]{within, closed}) {
            Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("---------"));
        }

        FileTree.delete(directory.resolve("top"));

        assertThat(directory.resolve("top")).doesNotExist();
    }

    @Test
    void delete_ofAFileOrOfNothing_isDone() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "x");
        FileTree.delete(file);
        FileTree.delete(file);
        assertThat(file).doesNotExist();
    }
}
