package io.sandgate.sandbox.runtime.file;

import io.sandgate.sandbox.runtime.SandboxFiles.Change;
import io.sandgate.sandbox.runtime.SandboxFiles.Watch;
import io.sandgate.sandbox.runtime.SandboxFiles.WatchListener;
import io.sandgate.sandbox.runtime.watch.Watchers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// More happens in a sandbox than the kernel keeps: nobody reads, since its listener takes its time.
@Timeout(120)
class WatchOverflowTest {

    private static final String LOST = "ended: more happened than was read in time";

    @TempDir
    private Path directory;
    private final List<Guest> guests = new ArrayList<>();
    private final List<Watch> watches = new ArrayList<>();
    private final CountDownLatch open = new CountDownLatch(1);

    @AfterEach
    void close() {
        open.countDown();
        watches.forEach(Watch::close);
        guests.forEach(Guest::close);
        // others count the threads
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("sandgate-watch")));
    }

    @Test
    void overflow_endsNoWatchesOfOtherSandboxes() throws Exception {
        Watchers watchers = new Watchers(1000, 2);
        Guest loud = guest(watchers);
        Guest quiet = guest(watchers);
        RecordingListener ofLoud = new RecordingListener();
        RecordingListener ofQuiet = new RecordingListener();
        watch(loud, slow(ofLoud));
        watch(quiet, ofQuiet);

        flood(loud);
        Files.createFile(quiet.host("/tmp/meanwhile"));
        assertThat(ofQuiet.next()).isEqualTo("CREATE meanwhile");
        open.countDown();
        ofLoud.await(LOST);
        Files.createFile(quiet.host("/tmp/after"));

        ofQuiet.await("CREATE after");
        assertThat(watchers.overflows()).isEqualTo(1);
        assertThat(watchers.directories()).isEqualTo(1);
    }

    @Test
    void overflowOfASharedQueue_isToldToAll_andTheyMayWatchAnew() throws Exception {
        Watchers watchers = new Watchers(1000, 1);
        Guest loud = guest(watchers);
        Guest quiet = guest(watchers);
        RecordingListener ofLoud = new RecordingListener();
        RecordingListener ofQuiet = new RecordingListener();
        watch(loud, slow(ofLoud));
        watch(quiet, ofQuiet);

        flood(loud);
        open.countDown();
        ofLoud.await(LOST);
        ofQuiet.await(LOST);
        watch(quiet, ofQuiet);
        Files.createFile(quiet.host("/tmp/after"));

        ofQuiet.await("CREATE after");
    }

    private Guest guest(Watchers watchers) throws IOException {
        Guest guest = new Guest(Files.createDirectory(directory.resolve("guest" + guests.size())), FileBounds.DEFAULT,
                watchers);
        guests.add(guest);
        return guest;
    }

    private void watch(Guest guest, WatchListener listener) {
        watches.add(guest.files.watch("/tmp", false, "user", listener));
    }

    private WatchListener slow(WatchListener listener) {
        return new WatchListener() {
            @Override
            public void changed(Change change, String name) {
                try {
                    open.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                listener.changed(change, name);
            }

            @Override
            public void ended(String reason) {
                listener.ended(reason);
            }
        };
    }

    /// One event for each name, and more of them than there is room for, beside those that one read takes.
    private static void flood(Guest guest) throws IOException {
        // line by line, since such a file says nothing but in its first read
        int room = Integer.parseInt(Files.readAllLines(Path.of("/proc/sys/fs/inotify/max_queued_events")).getFirst());
        for (int i = 0; i < room + 10_000; i++) {
            Files.createFile(guest.host("/tmp/f" + i));
        }
    }
}
