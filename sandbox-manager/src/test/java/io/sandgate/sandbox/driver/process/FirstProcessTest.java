package io.sandgate.sandbox.driver.process;

import io.sandgate.sandbox.linux.Descriptor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FirstProcessTest {

    private final ProcFs proc = new ProcFs();
    private Process process;
    private int pid;

    @BeforeEach
    void start() throws IOException {
        process = new ProcessBuilder("cat").start();
        pid = Math.toIntExact(process.pid());
    }

    @AfterEach
    void stop() {
        process.destroyForcibly();
    }

    private FirstProcess began() {
        return FirstProcess.find(proc, pid, false, found -> true).orElseThrow();
    }

    @Test
    void openRoot_ofAProcessThatRuns_isItsRoot() throws IOException {
        try (Descriptor root = began().openRoot(proc)) {
            assertThat(Path.of(root.path()).toRealPath()).isEqualTo(Path.of("/"));
        }
    }

    @Test
    void openRoot_whenTheNumberIsSomebodyElses_fails() {
        ProcessInfo now = began().first();
        ProcessInfo before = new ProcessInfo(now.pid(), now.parent(), now.session(), now.start() - 1, now.state());

        assertThatThrownBy(() -> new FirstProcess(before, Set.of(before.key())).openRoot(proc))
                .isInstanceOf(IOException.class).hasMessageContaining("ended");
    }

    @Test
    void openRoot_afterItsEnd_fails() throws Exception {
        FirstProcess began = began();
        process.destroyForcibly().waitFor();

        assertThatThrownBy(() -> began.openRoot(proc)).isInstanceOf(IOException.class);
    }

    @Test
    void find_ofAProcessThatIsNotTheSandbox_findsNone() {
        assertThat(FirstProcess.find(proc, pid, false, found -> false)).isEmpty();
    }

    @Test
    void signal_whenTheNumberIsSomebodyElses_doesNotReachHim() throws IOException {
        ProcessInfo.Key key = began().first().key();

        Signal.KILL.send(proc, new ProcessInfo.Key(key.pid(), key.start() - 1));
        try (var toCat = process.outputWriter()) {
            toCat.write("here\n");
        }
        assertThat(process.inputReader().readLine()).isEqualTo("here");
    }

    @Test
    void signal_toTheProcess_reachesIt() {
        ProcessInfo.Key key = began().first().key();

        Signal.KILL.send(proc, key);
        assertThat(process.onExit()).succeedsWithin(Duration.ofSeconds(20));
    }
}
