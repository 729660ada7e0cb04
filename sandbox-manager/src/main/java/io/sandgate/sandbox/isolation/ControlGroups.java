package io.sandgate.sandbox.isolation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/// The control groups of the sandboxes of one replica, one group a sandbox, in each hierarchy that the machine has.
///
/// Implementation note. Version 2 has one hierarchy for all controllers, version 1 one for each; machines that are in
/// between have both. A group lies below `sandgate` at the top of what this process can see, so that the replica's own
/// group, which has processes in it, need not hand controllers down. Source of the files' names: the kernel's
/// Documentation/admin-guide/cgroup-v1 and cgroup-v2.rst.
public final class ControlGroups {

    private static final String TOP = "sandgate";
    private static final List<String> NEEDED = List.of("memory", "cpu", "pids");
    private static final long CPU_PERIOD_MICROS = 100_000;

    private final Version version;
    /// Where the groups of this replica lie: each hierarchy once.
    private final Set<Path> parents;
    private final Map<String, Path> byController;

    private enum Version {
        ONE, TWO
    }

    /// What a group may use.
    ///
    /// @param memoryBytes of memory, swap included
    /// @param cpus processors
    /// @param processes processes and threads
    public record Limit(long memoryBytes, int cpus, int processes) {}

    /// What a group has used.
    ///
    /// @param cpuNanos processor time since it was made
    /// @param memoryBytes memory now, without cache
    /// @param cacheBytes page cache now
    public record Used(long cpuNanos, long memoryBytes, long cacheBytes) {}

    private ControlGroups(Version version, Map<String, Path> byController) {
        this.version = version;
        this.byController = byController;
        this.parents = new LinkedHashSet<>(byController.values());
    }

    /// Finds the hierarchies and makes the replica's part of them.
    ///
    /// @param root where they are mounted, `/sys/fs/cgroup`
    /// @param name tells this replica's groups from those of others
    /// @return nothing where not all of memory, cpu and pids can be limited
    public static Optional<ControlGroups> find(Path root, String name) {
        try {
            Optional<ControlGroups> two = versionTwo(root, name);
            return two.isPresent() ? two : versionOne(root, name);
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    private static Optional<ControlGroups> versionTwo(Path root, String name) throws IOException {
        Path controllers = root.resolve("cgroup.controllers");
        if (!Files.exists(controllers)
                || !List.of(Files.readString(controllers).strip().split(" ")).containsAll(NEEDED)) {
            return Optional.empty();
        }
        Path parent = root.resolve(TOP).resolve(name);
        Files.createDirectories(parent);
        for (Path group : List.of(root, root.resolve(TOP), parent)) {
            write(group.resolve("cgroup.subtree_control"), "+memory +cpu +pids");
        }
        return Optional.of(new ControlGroups(Version.TWO, Map.of("memory", parent, "cpu", parent, "pids", parent,
                "cpuacct", parent)));
    }

    private static Optional<ControlGroups> versionOne(Path root, String name) throws IOException {
        Map<String, Path> found = new TreeMap<>();
        for (String controller : List.of("memory", "cpu", "pids", "cpuacct")) {
            Path hierarchy = root.resolve(controller);
            if (!Files.exists(hierarchy.resolve("cgroup.procs"))) {
                return Optional.empty();
            }
            Path parent = hierarchy.toRealPath().resolve(TOP).resolve(name);
            Files.createDirectories(parent);
            if (!Files.isWritable(parent)) {
                // another user's replica had the name before
                return Optional.empty();
            }
            found.put(controller, parent);
        }
        return Optional.of(new ControlGroups(Version.ONE, found));
    }

    /// Makes the groups of a sandbox.
    public void create(String id, Limit limit) throws IOException {
        for (Path parent : parents) {
            Files.createDirectories(parent.resolve(id));
        }
        long quota = limit.cpus() * CPU_PERIOD_MICROS;
        switch (version) {
            case ONE -> {
                write(file("memory", id, "memory.limit_in_bytes"), Long.toString(limit.memoryBytes()));
                // Where swap is accounted for at all, the sum may not be more than the memory alone.
                if (Files.exists(file("memory", id, "memory.memsw.limit_in_bytes"))) {
                    write(file("memory", id, "memory.memsw.limit_in_bytes"), Long.toString(limit.memoryBytes()));
                }
                write(file("cpu", id, "cpu.cfs_period_us"), Long.toString(CPU_PERIOD_MICROS));
                write(file("cpu", id, "cpu.cfs_quota_us"), Long.toString(quota));
            }
            case TWO -> {
                write(file("memory", id, "memory.max"), Long.toString(limit.memoryBytes()));
                if (Files.exists(file("memory", id, "memory.swap.max"))) {
                    write(file("memory", id, "memory.swap.max"), "0");
                }
                write(file("cpu", id, "cpu.max"), quota + " " + CPU_PERIOD_MICROS);
            }
        }
        write(file("pids", id, "pids.max"), Integer.toString(limit.processes()));
    }

    /// The files that a process writes `0` to, to enter the groups of a sandbox.
    List<Path> entrances(String id) {
        List<Path> entrances = new ArrayList<>();
        parents.forEach(parent -> entrances.add(parent.resolve(id).resolve("cgroup.procs")));
        return entrances;
    }

    /// What a sandbox has used.
    public Used used(String id) throws IOException {
        return switch (version) {
            case ONE -> {
                String stat = Files.readString(file("memory", id, "memory.stat"));
                yield new Used(number(file("cpuacct", id, "cpuacct.usage")),
                        entry(stat, "total_rss").orElse(0) + entry(stat, "total_shmem").orElse(0),
                        entry(stat, "total_cache").orElse(0) - entry(stat, "total_shmem").orElse(0));
            }
            case TWO -> {
                String stat = Files.readString(file("memory", id, "memory.stat"));
                String cpu = Files.readString(file("cpu", id, "cpu.stat"));
                long cache = entry(stat, "file").orElse(0) - entry(stat, "shmem").orElse(0);
                yield new Used(entry(cpu, "usage_usec").orElse(0) * 1000,
                        number(file("memory", id, "memory.current")) - cache, cache);
            }
        };
    }

    /// Removes the groups of a sandbox that has no processes any more. What is not there counts as removed.
    ///
    /// @throws IOException while there are processes
    public void remove(String id) throws IOException {
        for (Path parent : parents) {
            Files.deleteIfExists(parent.resolve(id));
        }
    }

    /// The sandboxes that have groups.
    public Set<String> ids() throws IOException {
        Set<String> ids = new LinkedHashSet<>();
        for (Path parent : parents) {
            try (var groups = Files.newDirectoryStream(parent, Files::isDirectory)) {
                groups.forEach(group -> ids.add(group.getFileName().toString()));
            }
        }
        return ids;
    }

    /// Removes the replica's part of the hierarchies, when no sandbox has groups there.
    public void close() throws IOException {
        for (Path parent : parents) {
            Files.deleteIfExists(parent);
        }
    }

    private Path file(String controller, String id, String name) {
        Path parent = byController.get(controller);
        if (parent == null) {
            throw new IllegalStateException("no controller " + controller);
        }
        return parent.resolve(id).resolve(name);
    }

    private static void write(Path file, String value) throws IOException {
        Files.writeString(file, value);
    }

    private static long number(Path file) throws IOException {
        return Long.parseLong(Files.readString(file).strip());
    }

    private static OptionalLong entry(String stat, String name) {
        for (String line : stat.lines().toList()) {
            if (line.startsWith(name + " ")) {
                return OptionalLong.of(Long.parseLong(line.substring(name.length() + 1).strip()));
            }
        }
        return OptionalLong.empty();
    }
}
