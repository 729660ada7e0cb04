package io.sandgate.e2e.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// The processes of sandboxes, as the kernel shows them: found by the mark in their environment.
public final class SandboxProcesses {

    private static final String MARK = "SANDGATE_SANDBOX=";

    private SandboxProcesses() {}

    /// The pids of one sandbox.
    public static List<Long> of(String sandboxId) {
        return find(variable -> variable.startsWith(MARK + sandboxId + "."));
    }

    /// Whether one of them runs a program of that name.
    public static boolean runs(String sandboxId, String program) {
        return of(sandboxId).stream().flatMap(pid -> ProcessHandle.of(pid).stream())
                .flatMap(process -> process.info().command().stream())
                .anyMatch(command -> Path.of(command).endsWith(program));
    }

    /// The pids of all sandboxes of a data directory.
    public static List<Long> in(Path data) {
        try {
            String nonce = Files.readString(data.resolve("nonce")).strip();
            return find(variable -> variable.endsWith("." + nonce));
        } catch (IOException e) {
            // nobody ever used it
            return List.of();
        }
    }

    private static List<Long> find(Predicate<String> marked) {
        return ProcessHandle.allProcesses().map(ProcessHandle::pid).filter(pid -> matches(pid, marked)).toList();
    }

    private static boolean matches(long pid, Predicate<String> marked) {
        try {
            String environment = Files.readString(Path.of("/proc/" + pid + "/environ"), StandardCharsets.ISO_8859_1);
            return Stream.of(environment.split("\0", -1)).anyMatch(
                    variable -> variable.startsWith(MARK) && marked.test(variable));
        } catch (IOException | UncheckedIOException e) {
            // gone meanwhile, or another user's
            return false;
        }
    }
}
