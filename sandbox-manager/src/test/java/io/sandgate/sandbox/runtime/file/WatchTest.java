package io.sandgate.sandbox.runtime.file;

import io.sandgate.sandbox.Needed;
import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.GuestException.Code;
import io.sandgate.sandbox.runtime.SandboxFiles.Change;
import io.sandgate.sandbox.runtime.SandboxFiles.Watch;
import io.sandgate.sandbox.runtime.SandboxFiles.WatchListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static io.sandgate.sandbox.runtime.file.Guest.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(60)
class WatchTest {

    private static final int WATCHED = 300;

    @TempDir
    Path directory;
    private Guest guest;
    private final RecordingListener listener = new RecordingListener();

    @BeforeEach
    void open() throws IOException {
        guest = new Guest(directory, new FileBounds(1000, WATCHED, 100));
    }

    @AfterEach
    void close() {
        guest.close();
    }

    @Test
    void changes_ofAFile_areToldInTheWordsOfEnvd() throws Exception {
        try (var _ = watch("/tmp", false)) {
            Path file = Files.createFile(guest.host("/tmp/a"));
            assertThat(listener.next()).isEqualTo("CREATE a");
            Files.writeString(file, "x", StandardOpenOption.APPEND);
            assertThat(listener.next()).isEqualTo("WRITE a");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
            assertThat(listener.next()).isEqualTo("CHMOD a");
            Files.move(file, guest.host("/tmp/b"));
            assertThat(listener.next()).isEqualTo("RENAME a");
            assertThat(listener.next()).isEqualTo("CREATE b");
            Files.delete(guest.host("/tmp/b"));
            assertThat(listener.next()).isEqualTo("REMOVE b");
        }
    }

    @Test
    void flatWatch_belowASubdirectory_isSilent() throws Exception {
        Files.createDirectory(guest.host("/tmp/sub"));
        try (var _ = watch("/tmp", false)) {
            Files.createFile(guest.host("/tmp/sub/a"));
            Files.createFile(guest.host("/tmp/b"));
            assertThat(listener.next()).isEqualTo("CREATE b");
        }
    }

    @Test
    void recursiveWatch_oldAndNewSubdirectories_areWatched() throws Exception {
        Files.createDirectories(guest.host("/tmp/old/er"));
        try (var _ = watch("/tmp", true)) {
            Files.createFile(guest.host("/tmp/old/er/a"));
            assertThat(listener.next()).isEqualTo("CREATE old/er/a");
            Files.createDirectory(guest.host("/tmp/new"));
            assertThat(listener.next()).isEqualTo("CREATE new");
            Files.createFile(guest.host("/tmp/new/b"));
            assertThat(listener.next()).isEqualTo("CREATE new/b");
        }
    }

    @Test
    void recursiveWatch_movedDirectory_isFollowedByItsNewName() throws Exception {
        Files.createDirectories(guest.host("/tmp/a/sub"));
        Files.createDirectory(guest.host("/tmp/a2"));
        try (var _ = watch("/tmp", true)) {
            Files.move(guest.host("/tmp/a"), guest.host("/tmp/b"));
            assertThat(listener.next()).isEqualTo("RENAME a");
            assertThat(listener.next()).isEqualTo("CREATE b");
            assertThat(listener.next()).isEqualTo("CREATE b/sub");
            Files.createFile(guest.host("/tmp/b/sub/x"));
            assertThat(listener.next()).isEqualTo("CREATE b/sub/x");
            Files.move(guest.host("/tmp/b"), guest.host("/home/user/b"));
            assertThat(listener.next()).isEqualTo("RENAME b");
            Files.createFile(guest.host("/home/user/b/sub/y"));
            Files.createFile(guest.host("/tmp/a2/z"));
            assertThat(listener.next()).isEqualTo("CREATE a2/z");
        }
    }

    @Test
    void recursiveWatch_links_areNotFollowed() throws Exception {
        try (var _ = watch("/tmp", true)) {
            Files.createSymbolicLink(guest.host("/tmp/out"), guest.outside);
            Files.createSymbolicLink(guest.host("/tmp/home"), Path.of("/home/user"));
            assertThat(listener.next()).isEqualTo("CREATE out");
            assertThat(listener.next()).isEqualTo("CREATE home");
            Files.createFile(guest.outside.resolve("x"));
            Files.createFile(guest.host("/home/user/x"));
            Files.createFile(guest.host("/tmp/last"));
            assertThat(listener.next()).isEqualTo("CREATE last");
        }
    }

    @Test
    void recursiveWatch_treeMadeByAnotherProcess_hasNoGapAndNothingTwice() throws Exception {
        try (var _ = watch("/tmp", true)) {
            var script = "for i in $(seq 80); do mkdir -p d$i/e/f; : > d$i/x; : > d$i/e/y; : > d$i/e/f/z; done; : > end";
            var process = new ProcessBuilder("sh", "-c", script).directory(guest.host("/tmp").toFile()).start();
            Set<String> expected = new HashSet<>(Set.of("CREATE end"));
            for (int i = 1; i <= 80; i++) {
                for (String name : List.of("", "/x", "/e", "/e/y", "/e/f", "/e/f/z")) {
                    expected.add("CREATE d" + i + name);
                }
            }
            assertThat(process.waitFor()).isZero();
            while (!expected.isEmpty()) {
                String heard = listener.next();
                if (heard.startsWith("CREATE")) {
                    assertThat(expected.remove(heard)).as(heard).isTrue();
                }
            }
        }
    }

    @Test
    void watch_directoryIsRemoved_endsOnce() throws Exception {
        Files.createDirectory(guest.host("/tmp/d"));
        try (var _ = watch("/tmp/d", true)) {
            guest.files.remove("/tmp/d", "user");
            assertThat(listener.next()).isEqualTo("ended: the directory is gone");
        }
        assertThat(guest.watchers.directories()).isZero();
        assertThat(listener.isSilent()).isTrue();
    }

    @Test
    void watch_directoryIsMoved_ends() throws Exception {
        Files.createDirectory(guest.host("/tmp/d"));
        try (var _ = watch("/tmp/d", false)) {
            guest.files.move("/tmp/d", "/tmp/e", "user");
            assertThat(listener.next()).isEqualTo("ended: the directory was moved");
        }
    }

    @Test
    void watch_whatIsNoDirectory_isRefused() throws IOException {
        guest.put("/tmp/file", "x");
        assertRefused(Code.INVALID_ARGUMENT, () -> watch("/tmp/file", false));
        assertRefused(Code.NOT_FOUND, () -> watch("/tmp/none", false));
        assertThat(guest.watchers.directories()).isZero();
    }

    @Test
    void watches_moreThanTheBound_areRefusedAndComeFree() throws IOException {
        var watches = new ArrayList<Watch>();
        int refused = 0;
        for (int i = 0; i < 10_000; i++) {
            try {
                watches.add(watch("/tmp", false));
            } catch (GuestException e) {
                assertThat(e.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
                assertThat(e).hasMessage("directories that one sandbox may watch: all 300 are watched already");
                refused++;
            }
        }
        assertThat(watches).hasSize(WATCHED);
        assertThat(refused).isEqualTo(10_000 - WATCHED);
        watches.forEach(Watch::close);
        watches.forEach(Watch::close);
        watch("/tmp", false).close();
        assertThat(guest.watchers.directories()).isZero();
    }

    @Test
    void recursiveWatch_moreDirectoriesThanTheBound_isRefusedWhole() throws IOException {
        for (int i = 0; i < WATCHED; i++) {
            Files.createDirectory(guest.host("/tmp/" + i));
        }
        assertThatExceptionOfType(GuestException.class).isThrownBy(() -> watch("/tmp", true));
        assertThat(guest.watchers.directories()).isZero();
    }

    @Test
    void recursiveWatch_growingBeyondTheBound_endsWithTheReason() throws Exception {
        try (var _ = watch("/tmp", true)) {
            for (int i = 0; i < WATCHED; i++) {
                Files.createDirectory(guest.host("/tmp/" + i));
            }
            listener.await("ended: directories that one sandbox may watch: all 300 are watched already");
        }
        assertThat(guest.watchers.directories()).isZero();
    }

    @Test
    void watches_ofOneDirectory_allHearAndEndApart() throws Exception {
        var other = new RecordingListener();
        var first = watch("/tmp", false);
        try (var _ = guest.files.watch("/tmp", true, "user", other)) {
            first.close();
            Files.createFile(guest.host("/tmp/a"));
            assertThat(other.next()).isEqualTo("CREATE a");
            assertThat(listener.isSilent()).isTrue();
        }
    }

    @Test
    void listener_thatFails_losesItsOwnWatchOnly() throws Exception {
        var failing = new WatchListener() {
            @Override
            public void changed(Change change, String name) {
                throw new IllegalStateException("expected by the test");
            }

            @Override
            public void ended(String reason) {
                listener.ended(reason);
            }
        };
        var other = new RecordingListener();
        try (var _ = guest.files.watch("/tmp", false, "user", failing);
                var _ = guest.files.watch("/tmp", false, "user", other)) {
            Files.createFile(guest.host("/tmp/a"));
            assertThat(listener.next()).isEqualTo("ended: the listener failed");
            assertThat(other.next()).isEqualTo("CREATE a");
        }
    }

    @Test
    void queue_thatRunsOver_endsEveryWatchWithTheReason() throws Exception {
        var heard = new CountDownLatch(1);
        var released = new CountDownLatch(1);
        var stalling = new WatchListener() {
            @Override
            public void changed(Change change, String name) {
                heard.countDown();
                try {
                    released.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }

            @Override
            public void ended(String reason) {}
        };
        long capacity = Long
                .parseLong(Files.readAllLines(Path.of("/proc/sys/fs/inotify/max_queued_events")).getFirst());
        Needed.that(capacity <= 100_000, "fs.inotify.max_queued_events of at most 100000: sysctl -w");
        try (var _ = watch("/home/user", false); var _ = guest.files.watch("/tmp", false, "user", stalling)) {
            Path file = guest.host("/tmp/a");
            for (long i = 0; i <= capacity; i++) {
                Files.createFile(file);
                Files.delete(file);
                if (i == 0) {
                    heard.await();
                }
            }
            released.countDown();
            assertThat(listener.next()).isEqualTo("ended: more happened than was read in time");
        }
        assertThat(guest.watchers.directories()).isZero();
    }

    @Test
    void thread_isThereWhileAnythingIsWatched() throws Exception {
        Set<Thread> before = watchThreads();
        var watch = watch("/tmp", false);
        // those of other tests may end meanwhile: only what is new counts
        var started = new HashSet<>(watchThreads());
        started.removeAll(before);
        assertThat(started).hasSize(1);
        watch.close();
        for (Thread thread : started) {
            thread.join();
        }
        try (var _ = watch("/tmp", false)) {
            Files.createFile(guest.host("/tmp/again"));
            assertThat(listener.next()).isEqualTo("CREATE again");
        }
    }

    private static Set<Thread> watchThreads() {
        return Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().equals("sandgate-watch"))
                .collect(Collectors.toSet());
    }

    private Watch watch(String path, boolean recursive) {
        return guest.files.watch(path, recursive, "user", listener);
    }
}
