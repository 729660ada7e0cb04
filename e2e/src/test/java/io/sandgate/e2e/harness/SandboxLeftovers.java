package io.sandgate.e2e.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static org.awaitility.Awaitility.await;

/// What the sandboxes of a dead replica leave on the machine: their processes, the network namespaces and the firewall,
/// the control groups.
public final class SandboxLeftovers {

    private static final Duration GONE_WITHIN = Duration.ofSeconds(30);
    private static final Pattern INTERFACE = Pattern.compile("\\bsg[0-9a-f]{8}\\b");
    private static final Path GROUPS = Path.of("/sys/fs/cgroup");

    private SandboxLeftovers() {}

    /// Removes those of all replicas whose data directories lie in a directory, and that do not run any more.
    public static void removeBelow(Path directory) {
        names(directory).forEach(name -> remove(directory.resolve(name)));
    }

    /// Removes them; the replica must not run any more.
    static void remove(Path data) {
        await().atMost(GONE_WITHIN).pollDelay(Duration.ZERO).until(() -> {
            List<Long> left = SandboxProcesses.in(data);
            left.forEach(pid -> Signals.send("KILL", pid));
            return left.isEmpty();
        });
        Path block = data.resolve("address-block");
        if (Files.exists(block)) {
            try {
                List<String> ids = names(data.resolve("sandboxes"));
                String first = Files.readString(block).strip();
                String name = hexadecimal(first);
                removeNetworks("sandgate_" + name);
                // there only where a sandbox went by names
                Run.failure(List.of("ip", "addr", "del", first.replaceFirst("127", "10") + "/32", "dev", "lo"));
                // processes that were killed leave their groups only when they are gone
                await().atMost(GONE_WITHIN).pollDelay(Duration.ZERO)
                        .ignoreExceptionsInstanceOf(FileSystemException.class)
                        .until(() -> removeGroups(name, ids));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static List<String> names(Path directory) {
        String[] names = directory.toFile().list();
        return names == null ? List.of() : List.of(names);
    }

    private static String hexadecimal(String address) {
        long number = 0;
        for (String part : address.split("\\.", -1)) {
            number = number << 8 | Integer.parseInt(part);
        }
        return Long.toHexString(number);
    }

    private static void removeNetworks(String table) {
        if (!Run.failure(List.of("nft", "list", "table", "inet", table)).isEmpty()) {
            // there never was one, or the replica removed it
            return;
        }
        String rules = run("nft", "list", "table", "inet", table);
        INTERFACE.matcher(rules).results().map(MatchResult::group).distinct().forEach(name -> {
            Run.failure(List.of("ip", "link", "del", name));
            Run.failure(List.of("ip", "netns", "del", name));
        });
        run("nft", "delete", "table", "inet", table);
    }

    private static String run(String... command) {
        Run run = Run.of(List.of(command), Program.root(), Map.of());
        if (run.exitCode() != 0) {
            throw new AssertionError(String.join(" ", command) + ": " + run.err());
        }
        return run.out();
    }

    /// The groups of these sandboxes; others may lie beside them, of a replica that had the block before.
    private static boolean removeGroups(String name, List<String> ids) throws IOException {
        for (Path parent : groups(name)) {
            for (String id : ids) {
                Files.deleteIfExists(parent.resolve(id));
            }
        }
        return true;
    }

    private static List<Path> groups(String name) throws IOException {
        try (Stream<Path> hierarchies = Files.list(GROUPS)) {
            return Stream.concat(Stream.of(GROUPS), hierarchies).map(at -> at.resolve("sandgate").resolve(name))
                    .filter(Files::isDirectory).toList();
        }
    }
}
