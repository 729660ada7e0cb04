package io.sandgate.sandbox.driver;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// What sandboxes are made from: a command and all that it needs.
///
/// In the command, the environment and the files, `{ip}` stands for the address of the sandbox, `{id}` for its id,
/// `{dir}` for its working directory, and `{java}` for the Java launcher that the replica itself runs on.
///
/// @param name what callers ask for
/// @param command program and arguments, run without a shell; empty for a sandbox without processes
/// @param readyPort the TCP port that must accept connections before the sandbox counts as started; 0 for none
/// @param environment variables of the command
/// @param files written into the working directory before the command runs: relative path to content
/// @param limits what each process may use
/// @param cpuCount processors, as shown to callers
/// @param memoryMb memory, as shown to callers
/// @param diskSizeMb disk, as shown to callers
/// @param warm how many sandboxes of it are started ahead
public record Template(String name, List<String> command, int readyPort, Map<String, String> environment,
        Map<String, String> files, Limits limits, int cpuCount, int memoryMb, int diskSizeMb,
        int warm) {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    public Template {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        files = Map.copyOf(files);
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "template: " + name + " (expected: 1-63 letters, digits, dots, dashes or underscores)");
        }
        if (readyPort < 0 || readyPort > 65535) {
            throw new IllegalArgumentException(
                    "template " + name + ": ready-port: " + readyPort + " (expected: 1-65535, or 0 for none)");
        }
        if (readyPort > 0 && command.isEmpty()) {
            throw new IllegalArgumentException("template " + name + ": ready-port: " + readyPort
                    + " (expected: a command that opens it, since there is none, or 0)");
        }
        if (!command.isEmpty() && (command.getFirst().isBlank() || command.getFirst().startsWith("-"))) {
            throw new IllegalArgumentException(
                    "template " + name + ": command: " + command.getFirst() + " (expected: a program first)");
        }
        for (String path : files.keySet()) {
            if (path.isBlank() || path.startsWith("/") || List.of(path.split("/")).contains("..")) {
                throw new IllegalArgumentException(
                        "template " + name + ": file: " + path + " (expected: a path below the working directory)");
            }
        }
        if (cpuCount < 1 || memoryMb < 1 || diskSizeMb < 1) {
            throw new IllegalArgumentException("template " + name + ": cpu-count, memory-mb, disk-size-mb: " + cpuCount
                    + ", " + memoryMb + ", " + diskSizeMb + " (expected: 1 or more each)");
        }
        if (warm < 0) {
            throw new IllegalArgumentException("template " + name + ": warm: " + warm + " (expected: 0 or more)");
        }
    }

    /// A template with the figures that are shown for a small sandbox, and no environment, files or limits.
    public static Template of(String name, List<String> command, int readyPort) {
        return new Template(name, command, readyPort, Map.of(), Map.of(), Limits.NONE, 1, 512, 1024, 0);
    }

    /// Whether sandboxes of this template have processes.
    public boolean hasCommand() {
        return !command.isEmpty();
    }
}
