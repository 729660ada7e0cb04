package io.sandgate.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/// Runs all tests of jcstress (classes with `@JCStressTest`) in a virtual machine of its own, which starts others.
///
/// It is short by default; `-Dsandgate.stress.time=1000 -Dsandgate.stress.iterations=10` looks longer.
class StressTest {
    private static final String TIME = System.getProperty("sandgate.stress.time", "300");
    private static final String ITERATIONS = System.getProperty("sandgate.stress.iterations", "1");

    @Test
    void races_ofAllParts_showNothingForbidden(@TempDir Path directory) throws Exception {
        Path output = directory.resolve("output");

        int exit = run(directory, output);

        assertThat(exit).as("%s", Files.readString(output)).isZero();
        assertThat(Files.readString(output)).contains("Failed tests: No matches.", "Error tests: No matches.");
    }

    private static int run(Path directory, Path output) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-cp",
                System.getProperty("java.class.path"), "org.openjdk.jcstress.Main", "-t", "io.sandgate", "-time", TIME,
                "-iters", ITERATIONS, "-f", "1", "-fsm", "1", "-sc", "false", "-jvmArgs",
                "-XX:+UseSerialGC -XX:-TieredCompilation", "-r", directory.resolve("report").toString()))
                .directory(directory.toFile()).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        try {
            assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
            return process.exitValue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
