package io.sandgate.sandbox;

import io.sandgate.sandbox.SandboxManager.LogLine;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/// A replica that is killed in earnest, and its next life over the same directory.
class KilledReplicaTest {

    @TempDir
    Path directory;

    @Test
    void sandboxes_surviveTheDeathOfTheirReplica() throws IOException, InterruptedException {
        Process replica = new ProcessBuilder(System.getProperty("java.home") + "/bin/java",
                "--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1", "-cp",
                System.getProperty("java.class.path"), DyingReplica.class.getName(), directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        List<String> made = new ArrayList<>();
        String paused;
        try (BufferedReader output = replica.inputReader()) {
            paused = readUntilDone(output, made);
            assertThatThrownBy(() -> DataDirectory.open(directory)).hasMessageContaining("another replica");
        } finally {
            replica.destroyForcibly().waitFor();
        }

        try (DyingReplica next = new DyingReplica(directory)) {
            SandboxManager sandboxes = next.sandboxes;
            try {
                assertThat(sandboxes.list()).extracting(Sandbox::id).containsExactlyInAnyOrderElementsOf(made);
                assertThat(sandboxes.list()).allSatisfy(sandbox -> {
                    assertThat(sandbox.metadata()).isEqualTo(Map.of("kind", sandbox.template()));
                    assertThat(sandbox.state())
                            .isEqualTo(sandbox.id().equals(paused) ? SandboxState.PAUSED : SandboxState.RUNNING);
                });
                sandboxes.announceAll();
                assertThat(next.announcer.announced).hasSize(made.size());
                String running = sandboxes.list().stream().filter(
                        s -> s.template().equals("ticking") && !s.id().equals(paused)).findAny().orElseThrow().id();
                int lines = sandboxes.logs(running).size();
                await().until(() -> sandboxes.logs(running).size() > lines);
                long pid = Long.parseLong(first(sandboxes.logs(running)));
                ProcessHandle.of(pid).orElseThrow().destroyForcibly();
                await().until(() -> sandboxes.find(running).isEmpty());
                assertThat(next.announcer.withdrawn).extracting(Sandbox::id).containsExactly(running);
            } finally {
                sandboxes.list().forEach(sandbox -> sandboxes.kill(sandbox.id()));
            }
            assertThat(directory.resolve("sandboxes")).isEmptyDirectory();
        }
    }

    private static String first(List<LogLine> lines) {
        return lines.getFirst().text();
    }

    private static String readUntilDone(BufferedReader output, List<String> made) throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            String[] words = line.split(" ", 2);
            if (words[0].equals("made")) {
                made.add(words[1]);
            } else if (words[0].equals("done")) {
                return words[1];
            }
        }
        throw new AssertionError("the replica ended before it was ready");
    }
}
