package io.sandgate.sandbox.isolation;

import io.sandgate.sandbox.Needed;
import io.sandgate.sandbox.SmallFileSystem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Images on a file system that is full.
@Timeout(60)
class DiskImagesTest {

    @TempDir
    private Path directory;
    private Path machine;
    private Path blanks;
    private @Nullable SmallFileSystem small;
    private DiskImages images;

    @BeforeEach
    void open() throws Exception {
        Needed.that(Commands.has("mkfs.ext4"), "mkfs.ext4: apt-get install e2fsprogs");
        machine = directory.resolve("machine");
        small = new SmallFileSystem(machine, 40);
        blanks = machine.resolve("blanks");
        images = DiskImages.in(blanks);
    }

    @AfterEach
    void close() throws Exception {
        if (small != null) {
            small.close();
        }
    }

    @Test
    void create_whoseBlankFailed_worksWhenThereIsRoom() throws Exception {
        Path filler = fill(64 << 10);
        Path folder = Files.createDirectory(machine.resolve("one"));

        assertThatThrownBy(() -> images.create(folder, 512)).isInstanceOf(NoSpaceException.class)
                .hasMessageContaining("there is no space");
        assertThat(blanks.resolve("content-512")).doesNotExist();
        Files.delete(filler);
        images.create(folder, 512);

        assertThat(folder.resolve("disk.img")).hasSize(512L << 20);
    }

    @Test
    void create_afterOneThatWasCutShort_works() throws Exception {
        Files.createDirectories(blanks.resolve("content-512/home"));
        Files.createDirectories(blanks.resolve("512.img/left"));
        Path folder = Files.createDirectory(machine.resolve("one"));

        images.create(folder, 512);

        assertThat(folder.resolve("disk.img")).hasSize(512L << 20);
    }

    @Test
    void copy_withoutRoom_saysSoAndLeavesNothing() throws Exception {
        Path from = Files.createDirectory(machine.resolve("from"));
        Path to = Files.createDirectory(machine.resolve("to"));
        Files.write(from.resolve("disk.img"), "x".repeat(8 << 20).getBytes(StandardCharsets.UTF_8));
        fill(4 << 20);

        assertThatThrownBy(() -> images.copy(from, to)).isInstanceOf(NoSpaceException.class);

        assertThat(to).isEmptyDirectory();
    }

    private Path fill(long left) throws Exception {
        return Objects.requireNonNull(small).fill(left);
    }
}
