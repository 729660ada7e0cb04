package io.sandgate.e2e.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A process that ran to its end.
///
/// @param exitCode what it ended with
/// @param out its standard output
/// @param err its standard error
public record Run(int exitCode, String out, String err) {

    private static final Duration DEADLINE = Duration.ofSeconds(60);

    /// Runs the packaged program with these arguments.
    public static Run program(List<String> arguments) {
        return of(Program.command(arguments.toArray(String[]::new)), Program.root(), Map.of());
    }

    /// Runs a command, for whether it works.
    ///
    /// @return why it failed; empty when it did not
    static String failure(List<String> command) {
        try {
            Run run = of(command, Program.root(), Map.of());
            return run.exitCode() == 0 ? "" : "exit code " + run.exitCode() + ", " + run.err().strip();
        } catch (UncheckedIOException e) {
            return String.valueOf(e.getCause());
        }
    }

    /// Runs a command.
    ///
    /// @param environment added to what the tests have
    public static Run of(List<String> command, Path directory, Map<String, String> environment) {
        Path files = Directories.temporary("run");
        try {
            Path out = files.resolve("out");
            Path err = files.resolve("err");
            ProcessBuilder builder = Program.process(command).directory(directory.toFile())
                    .redirectInput(Path.of("/dev/null").toFile()).redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new AssertionError(command + " did not end within " + DEADLINE + "\n" + Files.readString(out)
                        + Files.readString(err));
            }
            return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", command), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted in " + command, e);
        } finally {
            Directories.remove(files);
        }
    }
}
