package io.sandgate.sandbox.isolation;

import io.sandgate.sandbox.Needed;
import io.sandgate.sandbox.driver.DriverException;
import io.sandgate.sandbox.runtime.SandboxFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/// What becomes of the disk of an isolated sandbox: stopped, started, copied, killed.
@Timeout(120)
class DisksTest {

    @TempDir
    private Path directory;
    private Inmate inmates;

    @BeforeEach
    void start() throws Exception {
        boolean root = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
        Needed.that(root && Commands.has("bwrap") && Commands.has("nft"),
                "root, bubblewrap and nftables: apt-get install bubblewrap nftables");
        inmates = new Inmate(directory.resolve("data"), List.of());
        inmates.start("ione");
    }

    @AfterEach
    void stop() {
        if (inmates != null) {
            inmates.close();
        }
    }

    @Test
    void stopped_isStartedWithItsFilesAndNoProcesses() throws Exception {
        run("ione", "echo kept > ~/f; mkdir /tmp/d; sleep 1000 > /dev/null 2>&1 &");
        inmates.driver().stop("ione");
        assertThat(inmates.driver().runtime("ione")).isEmpty();

        inmates.driver().restart(inmates.launch("ione"));

        assertThat(run("ione", "cat ~/f; ls -d /tmp/d; echo more >> ~/f; ps ax | grep -c '[s]leep'"))
                .isEqualTo("kept\n/tmp/d\n0\nexit 1");
    }

    @Test
    void copy_isAsTheDiskWasAndBelongsToTheUsersOfWhoHasIt() throws Exception {
        run("ione", "echo before > ~/f; ln -s /etc/hostname ~/link; mkdir -m 700 ~/own; echo x > ~/own/x");
        inmates.run("ione", "root", "echo secret > /root/r; chmod 600 /root/r");
        copy("ione", "s1");
        run("ione", "echo after > ~/f");

        inmates.startFrom("itwo", "s1");
        inmates.startFrom("ithree", "s1");

        assertThat(run("itwo", "cat ~/f ~/own/x; stat -c '%U:%G' ~ ~/f ~/link ~/own /root /tmp; echo mine > ~/f"))
                .isEqualTo("before\nx\nuser:user\nuser:user\nuser:user\nuser:user\nroot:root\nroot:root\nexit 0");
        assertThat(run("itwo", "cat /root/r")).contains("denied");
        assertThat(inmates.run("itwo", "root", "cat /root/r")).isEqualTo("secret\nexit 0");
        assertThat(run("ithree", "cat ~/f")).isEqualTo("before\nexit 0");
        assertThat(run("ione", "cat ~/f")).isEqualTo("after\nexit 0");
    }

    @Test
    void copy_ofADiskThatIsWrittenTo_isWhole() throws Exception {
        run("ione", "(i=0; while :; do i=$((i+1)); echo $i > ~/new && mv ~/new ~/count; done) > /dev/null 2>&1 &");
        await().until(() -> !run("ione", "cat ~/count").contains("No such"));

        copy("ione", "s1");
        inmates.startFrom("itwo", "s1");

        assertThat(Integer.parseInt(run("itwo", "cat ~/count").lines().findFirst().orElseThrow())).isPositive();
        String before = run("ione", "cat ~/count");
        await().until(() -> !run("ione", "cat ~/count").equals(before));
    }

    /// Who writes to a frozen disk sleeps in the kernel, and what would thaw it must not need the thread that sleeps.
    @Test
    void copy_ofADiskThatTheReplicaWritesTo_isWholeAndHoldsNobodyUp() throws Exception {
        AtomicBoolean copied = new AtomicBoolean();
        CountDownLatch writing = new CountDownLatch(32);
        SandboxFiles files = inmates.runtime("ione").files();
        try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> ends = new ArrayList<>();
            for (int i = 0; i < 32; i++) {
                String path = "/home/user/d" + i;
                ends.add(writers.submit(() -> {
                    do {
                        files.makeDirectory(path, "user");
                        files.remove(path, "user");
                        writing.countDown();
                    } while (!copied.get());
                    return true;
                }));
            }
            writing.await();

            copy("ione", "s1");

            copied.set(true);
            for (Future<Boolean> end : ends) {
                assertThat(end.get()).isTrue();
            }
        }
        inmates.startFrom("itwo", "s1");
        assertThat(run("itwo", "echo whole")).isEqualTo("whole\nexit 0");
    }

    @Test
    void copy_ofAStoppedOne_works() throws Exception {
        run("ione", "echo kept > ~/f");
        inmates.driver().stop("ione");
        assertThat(inmates.driver().copy("ione", "s1")).isBetween(1L, 32L << 20);

        inmates.startFrom("itwo", "s1");

        assertThat(run("itwo", "cat ~/f")).isEqualTo("kept\nexit 0");
    }

    @Test
    void copy_thatIsGone_startsNothingAndSaysSo() {
        assertThatThrownBy(() -> inmates.startFrom("itwo", "s9")).isInstanceOf(DriverException.class)
                .hasMessageContaining("snapshot s9 is gone");
    }

    @Test
    void deleted_leavesNothingOfItOnTheMachine() throws Exception {
        copy("ione", "s1");
        inmates.driver().deleteCopy("s1");
        inmates.driver().deleteCopy("s1");
        run("ione", "head -c 1000000 /dev/urandom > ~/f");

        inmates.kill("ione");

        try (Stream<Path> left = Files.walk(directory.resolve("data"))) {
            assertThat(left.map(file -> file.getFileName().toString())).doesNotContain("disk.img", "s1", "ione");
        }
        await().until(() -> loops().noneMatch(file -> file.contains(directory.toString())));
    }

    @Test
    void recovery_keepsTheCopiesThatAreNamed() throws Exception {
        copy("ione", "s1");
        copy("ione", "s2");
        inmates.kill("ione");

        inmates.reopen(Set.of("s2"));

        assertThatThrownBy(() -> inmates.startFrom("itwo", "s1")).hasMessageContaining("snapshot s1 is gone");
        inmates.startFrom("ithree", "s2");
    }

    private static Stream<String> loops() throws Exception {
        Process list = new ProcessBuilder("losetup", "--list", "--output", "BACK-FILE").start();
        return new String(list.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines();
    }

    private void copy(String id, String copy) {
        inmates.driver().pause(id);
        inmates.driver().copy(id, copy);
        inmates.driver().resume(id);
    }

    private String run(String id, String script) throws Exception {
        return inmates.run(id, "user", script);
    }
}
