package io.sandgate.e2e.harness;

import java.util.List;
import java.util.Map;

/// How many files and connections a running replica may have open.
public final class OpenFiles {

    private static final int PLENTY = 65_536;

    private OpenFiles() {}

    /// Lets it open none beside those that it has.
    public static void noMore(ReplicaProcess replica) {
        limit(replica, 3);
    }

    /// Lets it open plenty again.
    public static void plenty(ReplicaProcess replica) {
        limit(replica, PLENTY);
    }

    private static void limit(ReplicaProcess replica, int files) {
        List<String> command = List.of("prlimit", "--pid", Long.toString(replica.pid()),
                "--nofile=" + files + ":" + PLENTY);
        Run run = Run.of(command, Program.root(), Map.of());
        if (run.exitCode() != 0) {
            throw new IllegalStateException(String.join(" ", command) + ": " + run.err());
        }
    }
}
