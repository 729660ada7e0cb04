package io.sandgate.e2e.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// How many files and connections a running replica may have open.
public final class OpenFiles {

    private OpenFiles() {}

    /// Lets it open none beside those that it has.
    public static void noMore(ReplicaProcess replica) {
        limit(replica, "3");
    }

    /// Lets it open as many again as the system allows it.
    public static void plenty(ReplicaProcess replica) {
        limit(replica, hardLimit(replica));
    }

    private static String hardLimit(ReplicaProcess replica) {
        try (Stream<String> limits = Files.lines(Path.of("/proc/" + replica.pid() + "/limits"))) {
            String line = limits.filter(limit -> limit.startsWith("Max open files")).findFirst().orElseThrow();
            return List.of(line.strip().split("\\s+", -1)).get(4);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Sets the soft limit, which can be raised again.
    private static void limit(ReplicaProcess replica, String files) {
        List<String> command = List.of("prlimit", "--pid", Long.toString(replica.pid()), "--nofile=" + files + ":");
        Run run = Run.of(command, Program.root(), Map.of());
        if (run.exitCode() != 0) {
            throw new IllegalStateException(String.join(" ", command) + ": " + run.err());
        }
    }
}
