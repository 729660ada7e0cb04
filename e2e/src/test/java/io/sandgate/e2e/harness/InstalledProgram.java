package io.sandgate.e2e.harness;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/// A program of the machine that a test runs.
public final class InstalledProgram {

    private InstalledProgram() {}

    /// Where it is. A test without it is skipped with the reason, and fails where `CI` is `true`.
    ///
    /// @param name of its file
    /// @param source what installs it
    public static String path(String name, String source) {
        Optional<String> found = Arrays.stream(String.valueOf(System.getenv("PATH")).split(":", -1))
                .map(directory -> Path.of(directory, name)).filter(Files::isExecutable).map(Path::toString).findFirst();
        String reason = name + " is missing (expected: installed, as by `" + source + "`)";
        if (found.isEmpty() && Boolean.parseBoolean(System.getenv("CI"))) {
            throw new AssertionError(reason + ", and with CI=true this test may not be skipped");
        }
        Assumptions.assumeTrue(found.isPresent(), reason);
        return found.orElseThrow();
    }
}
