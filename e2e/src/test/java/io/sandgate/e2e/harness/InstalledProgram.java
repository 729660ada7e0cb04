package io.sandgate.e2e.harness;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/// A program of the machine that a test runs.
public final class InstalledProgram {

    private static final String DEBIANS_PACKAGES = "/usr/share/nodejs";

    private InstalledProgram() {}

    /// Where it is. A test without it is skipped with the reason, and fails where `CI` is `true`.
    ///
    /// @param name of its file
    /// @param source what installs it
    public static String path(String name, String source) {
        Optional<String> found = Arrays.stream(String.valueOf(System.getenv("PATH")).split(":", -1))
                .map(directory -> Path.of(directory, name)).filter(Files::isExecutable).map(Path::toString).findFirst();
        require(found.isPresent(), name, source);
        return found.orElseThrow();
    }

    /// The environment in which `node` finds a package. A test without it is skipped with the reason, or fails, likewise.
    public static Map<String, String> nodePackage(String node, String name, String source) {
        Map<String, String> environment = Map.of("NODE_PATH",
                String.join(":", DEBIANS_PACKAGES, String.valueOf(System.getenv("NODE_PATH"))));
        Run look = Run.of(List.of(node, "-e", "require.resolve('" + name + "')"), Program.root(), environment);
        require(look.exitCode() == 0, "the package " + name, source);
        return environment;
    }

    private static void require(boolean found, String name, String source) {
        String reason = name + " is missing (expected: installed, as by `" + source + "`)";
        if (!found && Boolean.parseBoolean(System.getenv("CI"))) {
            throw new AssertionError(reason + ", and with CI=true this test may not be skipped");
        }
        Assumptions.assumeTrue(found, reason);
    }
}
