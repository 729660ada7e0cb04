package io.sandgate.e2e.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The processes of the sandboxes below a directory, as the kernel shows them: found by the mark in their environment,
/// ended by their pid.
public final class SandboxProcesses {

    private static final String MARK = "SANDGATE_SANDBOX=";

    private SandboxProcesses() {}

    /// The pids of all sandboxes whose data lies below the directory.
    public static List<Long> below(Path directory) {
        return find("HOME=" + real(directory) + "/");
    }

    /// The pids of one sandbox.
    public static List<Long> of(String sandboxId) {
        return find(MARK + sandboxId + ".");
    }

    /// Ends all sandboxes whose data lies below the directory, frozen ones too.
    public static void endBelow(Path directory) {
        below(directory).forEach(pid -> Signals.send("KILL", pid));
    }

    private static List<Long> find(String start) {
        return ProcessHandle.allProcesses().filter(process -> matches(process.pid(), start)).map(ProcessHandle::pid)
                .toList();
    }

    private static boolean matches(long pid, String start) {
        try {
            String environment = Files.readString(Path.of("/proc/" + pid + "/environ"), StandardCharsets.ISO_8859_1);
            List<String> variables = Stream.of(environment.split("\0", -1)).toList();
            return variables.stream().anyMatch(variable -> variable.startsWith(MARK))
                    && variables.stream().anyMatch(variable -> variable.startsWith(start));
        } catch (IOException | UncheckedIOException e) {
            // gone meanwhile, or another user's
            return false;
        }
    }

    private static Path real(Path directory) {
        try {
            return Files.exists(directory) ? directory.toRealPath() : directory.toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
