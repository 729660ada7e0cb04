package io.sandgate.e2e.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Packages from npm, installed once for all runs of a build.
public final class NpmPackages {

    private static final Path INSTALLED = Program.root().resolve("e2e/target/npm");

    private NpmPackages() {}

    /// The lines of a file of versions.
    public static Stream<String> versions(Path file) {
        try {
            return Files.readAllLines(file).stream().filter(line -> !line.isBlank() && !line.startsWith("#"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Installs packages.
    ///
    /// @param packages with their versions, as `name@version`
    /// @return the folder from which `node` finds them
    public static Path install(String... packages) {
        String npm = InstalledProgram.path("npm", "apt-get install npm");
        Path folder = INSTALLED.resolve(String.join("+", packages).replace('/', '-'));
        Path done = folder.resolve("done");
        if (Files.exists(done)) {
            return folder;
        }
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("package.json"), "{\"private\":true}");
            List<String> command = new ArrayList<>(
                    List.of(npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--save-exact"));
            command.addAll(List.of(packages));
            Run run = Run.of(command, folder, Map.of());
            if (run.exitCode() != 0) {
                throw new AssertionError(String.join(" ", command) + " failed: " + run.err());
            }
            Files.createFile(done);
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
