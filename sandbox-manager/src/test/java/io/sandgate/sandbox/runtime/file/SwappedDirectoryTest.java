package io.sandgate.sandbox.runtime.file;

import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.GuestException.Code;
import io.sandgate.sandbox.runtime.SandboxFiles.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/// A program of the sandbox swaps a directory with a link to one outside, as fast as it can, while calls go through it.
@Timeout(120)
class SwappedDirectoryTest {

    private static final int ROUNDS = 1_000;
    private static final Set<Code> EXPECTED = EnumSet.of(Code.NOT_FOUND, Code.INVALID_ARGUMENT,
            Code.FAILED_PRECONDITION, Code.ALREADY_EXISTS, Code.UNAVAILABLE);

    @TempDir
    Path directory;
    private Guest guest;
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicLong swaps = new AtomicLong();
    private Thread swapper;

    @BeforeEach
    void open() throws IOException {
        guest = new Guest(directory);
        Files.createDirectories(guest.outside.resolve("deep/er"));
        Files.writeString(guest.outside.resolve("deep/secret"), "outside");
        Files.createDirectories(guest.host("/tmp/d"));
        Files.createSymbolicLink(guest.host("/tmp/link"), guest.outside);
        swapper = Thread.ofPlatform().start(this::swap);
    }

    @AfterEach
    void close() throws Exception {
        stop.set(true);
        swapper.join();
        guest.close();
        assertThat(swaps.get()).isPositive();
        try (var all = Files.walk(guest.outside)) {
            assertThat(all.map(path -> guest.outside.relativize(path).toString())).containsExactlyInAnyOrder("",
                    "secret", "deep", "deep/secret", "deep/er");
        }
        assertThat(guest.outside.resolve("secret")).hasContent("outside");
        assertThat(guest.outside.resolve("deep/secret")).hasContent("outside");
        assertThat(Files.getAttribute(guest.outside.resolve("secret"), "unix:uid"))
                .isEqualTo(Files.getAttribute(guest.outside, "unix:uid"));
    }

    @Test
    void read_neverShowsWhatIsOutside() {
        repeat(() -> assertThat(guest.get("/tmp/d/secret")).isIn("", "inside"));
    }

    @Test
    void write_neverChangesWhatIsOutside() {
        repeat(() -> guest.put("/tmp/d/secret", "inside"));
    }

    @Test
    void writeBelowNewDirectories_neverMakesThemOutside() {
        repeat(() -> guest.put("/tmp/d/new/er/file", "inside"));
    }

    @Test
    void list_neverShowsWhatIsOutside() {
        repeat(() -> assertThat(guest.files.list("/tmp", 5, "user")).extracting(Entry::name).doesNotContain("er"));
    }

    @Test
    void remove_neverRemovesWhatIsOutside() {
        repeat(() -> {
            guest.files.makeDirectory("/tmp/t/d/deep", "user");
            guest.files.move("/tmp/t/d", "/tmp/d/t", "user");
            guest.files.remove("/tmp/d/deep", "user");
            guest.files.remove("/tmp/d", "user");
        });
    }

    @Test
    void move_neverTakesOrPutsAnythingOutside() {
        repeat(() -> {
            guest.put("/tmp/file", "inside");
            guest.files.move("/tmp/file", "/tmp/d/secret", "user");
            guest.files.move("/tmp/d/deep", "/tmp/taken", "user");
        });
        assertThat(guest.host("/tmp/taken/secret")).doesNotExist();
    }

    @Test
    void compose_neverReadsOrRemovesAnythingOutside() {
        repeat(() -> {
            guest.put("/tmp/part", "inside");
            guest.files.compose(List.of("/tmp/part", "/tmp/d/secret"), "/tmp/whole", "user", Map.of());
            assertThat(guest.get("/tmp/whole")).doesNotContain("outside");
        });
    }

    private interface Call {
        void run() throws IOException;
    }

    private void repeat(Call call) {
        for (int i = 0; i < ROUNDS; i++) {
            try {
                call.run();
            } catch (GuestException e) {
                assertThat(e.code()).as(e.getMessage()).isIn(EXPECTED);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    private void swap() {
        Path place = guest.host("/tmp/d");
        Path aside = guest.host("/tmp/aside");
        Path link = guest.host("/tmp/link");
        while (!stop.get()) {
            attempt(() -> Files.move(place, aside, StandardCopyOption.ATOMIC_MOVE));
            attempt(() -> Files.move(link, place, StandardCopyOption.ATOMIC_MOVE));
            attempt(() -> Files.move(place, link, StandardCopyOption.ATOMIC_MOVE));
            attempt(() -> Files.move(aside, place, StandardCopyOption.ATOMIC_MOVE));
            attempt(() -> {
                if (!Files.isSymbolicLink(link)) {
                    Files.createSymbolicLink(link, guest.outside);
                }
            });
            attempt(() -> Files.createDirectory(place));
            attempt(() -> Files.writeString(place.resolve("secret"), "inside"));
            swaps.incrementAndGet();
        }
    }

    private static void attempt(Call call) {
        try {
            call.run();
        } catch (IOException _) {
            // the other side was faster
        }
    }
}
