package io.sandgate.sandbox.driver.process;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/// What tells a process of a sandbox from all others: a variable in its environment, which children inherit, and where
/// its output goes, which is left to a process that cleared its environment.
final class Mark implements Function<ProcessInfo, Optional<String>> {

    /// The variable; its value is `<sandbox id>.<nonce of the data directory>`.
    static final String VARIABLE = "SANDGATE_SANDBOX";

    private final ProcFs proc;
    private final String nonce;
    private final Path sandboxes;

    /// @param nonce one data directory, so that replicas on one machine know their own
    /// @param sandboxes the real path of the folder of the sandboxes' directories
    Mark(ProcFs proc, String nonce, Path sandboxes) {
        this.proc = proc;
        this.nonce = nonce;
        this.sandboxes = sandboxes;
    }

    /// What to give the processes of a sandbox.
    String value(String id) {
        return id + "." + nonce;
    }

    /// The sandbox whose mark a process bears, an empty text for none, or nothing when that could not be told.
    @Override
    public Optional<String> apply(ProcessInfo process) {
        byte[] environment = proc.environment(process.pid());
        Optional<String> owner = inEnvironment(environment);
        for (int descriptor = 1; owner.isEmpty() && descriptor <= 2; descriptor++) {
            owner = proc.descriptor(process.pid(), descriptor).flatMap(this::inPath);
        }
        if (owner.isEmpty() && environment.length > 0) {
            return Optional.of("");
        }
        return owner;
    }

    private Optional<String> inEnvironment(byte[] environment) {
        String end = "." + nonce;
        for (String entry : new String(environment, StandardCharsets.UTF_8).split("\0", -1)) {
            if (entry.startsWith(VARIABLE + "=") && entry.endsWith(end)) {
                return Optional.of(entry.substring(VARIABLE.length() + 1, entry.length() - end.length()));
            }
        }
        return Optional.empty();
    }

    private Optional<String> inPath(Path path) {
        if (!path.startsWith(sandboxes) || path.getNameCount() <= sandboxes.getNameCount()) {
            return Optional.empty();
        }
        return Optional.of(path.getName(sandboxes.getNameCount()).toString());
    }
}
