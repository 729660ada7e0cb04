package io.sandgate.e2e.bench;

import io.sandgate.e2e.harness.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Programs that are not Java: those that are compiled for a benchmark, and those that the machine has.
final class NativePrograms {

    private static final Duration BUILT_WITHIN = Duration.ofMinutes(3);
    private static final List<String> PLACES = List.of("/usr/sbin", "/usr/local/sbin", "/usr/bin", "/usr/local/bin");

    private NativePrograms() {}

    /// Compiles the C sources in a file or directory below `src/test/c`.
    ///
    /// @return the program
    static Path compiled(String sources, Path directory) throws IOException, InterruptedException {
        Path from = sourceDirectory("c").resolve(sources);
        Path program = directory.resolve(from.getFileName().toString().replace(".c", ""));
        List<String> command = new ArrayList<>(List.of("gcc", "-std=gnu17", "-O2", "-Wall", "-Wextra", "-Werror", "-o",
                program.toString()));
        try (Stream<Path> files = Files.walk(from)) {
            files.filter(file -> file.toString().endsWith(".c")).map(Path::toString).sorted().forEach(command::add);
        }
        command.add("-lm");
        run(new ProcessBuilder(command));
        return program;
    }

    /// Builds the Go program in a directory below `src/test/go`.
    ///
    /// @param libraries where Debian's packages put libraries, or an empty directory for Go's own only
    /// @return the program
    static Path built(String sources, Path directory, Path libraries) throws IOException, InterruptedException {
        Path program = directory.resolve(sources);
        ProcessBuilder build = new ProcessBuilder("go", "build", "-o", program.toString(), "main.go")
                .directory(sourceDirectory("go").resolve(sources).toFile());
        build.environment().putAll(Map.of("GO111MODULE", "off", "GOPATH", libraries.toString(), "GOCACHE",
                directory.resolve("cache").toString()));
        run(build);
        return program;
    }

    /// Where a program is, on the path or where Debian puts servers.
    static Optional<Path> installed(String program) {
        return Stream.concat(Stream.of(System.getenv("PATH").split(":")), PLACES.stream())
                .map(place -> Path.of(place, program)).filter(Files::isExecutable).findFirst();
    }

    private static Path sourceDirectory(String language) {
        return Program.root().resolve("e2e/src/test").resolve(language);
    }

    private static void run(ProcessBuilder build) throws IOException, InterruptedException {
        Process building = build.inheritIO().start();
        if (!building.waitFor(BUILT_WITHIN.toSeconds(), TimeUnit.SECONDS) || building.exitValue() != 0) {
            building.destroyForcibly();
            throw new IOException(String.join(" ", build.command()) + " failed");
        }
    }
}
