package io.sandgate.sandbox.isolation;

import io.sandgate.sandbox.Needed;
import io.sandgate.sandbox.SmallFileSystem;
import io.sandgate.sandbox.linux.Descriptor;
import io.sandgate.sandbox.linux.Directory;
import io.sandgate.sandbox.linux.FileStatus;
import io.sandgate.sandbox.linux.FileTree;
import io.sandgate.sandbox.linux.OpenFlag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class DiskOwnersTest {

    private static final int DEPTH = 5_000;
    private static final int USER = 1000;
    private static final UserRange USERS = UserRange.at(1);
    private static final UserRange OTHERS = UserRange.at(2);

    @TempDir
    private Path directory;
    private Path root;
    private Path home;

    @BeforeEach
    void make() throws IOException {
        Needed.that((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0, "root");
        root = directory.resolve("root");
        home = Files.createDirectories(root.resolve("home/user"));
        Files.createDirectory(root.resolve("root"));
        Files.createDirectory(root.resolve("tmp"));
        own(home, USER);
    }

    @AfterEach
    void remove() throws IOException {
        // deeper than what is removed after each test may be
        FileTree.delete(root);
    }

    @Test
    void give_movesEachUserToTheSameOfAnotherSandbox() throws IOException {
        Path file = own(Files.createFile(home.resolve("file")), USER);
        Path foreign = own(Files.createFile(home.resolve("foreign")), UserRange.SIZE);
        Path outside = own(Files.createFile(directory.resolve("outside")), USER);
        Path link = Files.createSymbolicLink(home.resolve("link"), outside);
        Path twice = Files.createLink(root.resolve("tmp/twice"), file);

        give(USERS);
        give(OTHERS);
        give(OTHERS);

        assertThat(owner(home)).isEqualTo(OTHERS.first() + USER);
        assertThat(owner(file)).isEqualTo(OTHERS.first() + USER);
        assertThat(owner(twice)).isEqualTo(OTHERS.first() + USER);
        assertThat(owner(link)).isEqualTo(OTHERS.first());
        assertThat(owner(root.resolve("root"))).isEqualTo(OTHERS.first());
        assertThat(owner(outside)).isEqualTo(USER);
        assertThat(owner(foreign)).isEqualTo(UserRange.SIZE);
    }

    @Test
    void give_namesThatAreNoText_areGivenToo() throws IOException {
        try (Directory top = open(home)) {
            top.makeDirectory("\udcff\u00e4", 0700);
            try (Directory within = new Directory(top.open("\udcff\u00e4", 0, OpenFlag.PATH, OpenFlag.DIRECTORY))) {
                within.open("\udc80", 0600, OpenFlag.WRONLY, OpenFlag.CREAT).close();

                give(USERS);

                assertThat(top.status("\udcff\u00e4").user()).isEqualTo(USERS.first());
                assertThat(within.status("\udc80").user()).isEqualTo(USERS.first());
            }
        }
    }

    @Test
    void give_directoriesDeeperThanAnyPath_areGivenToo() throws IOException {
        Directory here = open(home);
        for (int i = 0; i < DEPTH; i++) {
            here.makeDirectory("n".repeat(100), 0700);
            Directory next = new Directory(here.open("n".repeat(100), 0, OpenFlag.PATH, OpenFlag.DIRECTORY));
            here.close();
            here = next;
        }
        Path last = own(Files.createFile(home.resolve("z")), USER);

        give(USERS);

        FileStatus deepest = here.status(".");
        here.close();
        assertThat(deepest.user()).isEqualTo(USERS.first());
        assertThat(owner(last)).isEqualTo(USERS.first() + USER);
    }

    @Test
    void give_whatIsMountedWithin_staysAsItIs() throws Exception {
        Path shown = home.resolve("shown");
        try (SmallFileSystem other = new SmallFileSystem(shown, 1)) {
            assertThat(other).isNotNull();
            Path within = own(Files.createFile(shown.resolve("within")), USER);

            give(USERS);

            assertThat(owner(shown)).isZero();
            assertThat(owner(within)).isEqualTo(USER);
            assertThat(owner(home)).isEqualTo(USERS.first() + USER);
        }
    }

    private void give(UserRange users) throws IOException {
        DiskOwners.give(directory, root, users);
    }

    private static Directory open(Path path) throws IOException {
        return new Directory(Descriptor.open(path.toString(), 0, OpenFlag.PATH, OpenFlag.DIRECTORY));
    }

    private static Path own(Path file, int user) throws IOException {
        Files.setAttribute(file, "unix:uid", user, LinkOption.NOFOLLOW_LINKS);
        return Files.setAttribute(file, "unix:gid", user, LinkOption.NOFOLLOW_LINKS);
    }

    /// The number of a file's user, which is that of its group too.
    private static int owner(Path file) throws IOException {
        int user = (int) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        assertThat(Files.getAttribute(file, "unix:gid", LinkOption.NOFOLLOW_LINKS)).isEqualTo(user);
        return user;
    }
}
