package io.sandgate.sandbox;

import io.sandgate.sandbox.SandboxException.Reason;
import io.sandgate.sandbox.driver.IsolationMode;
import io.sandgate.sandbox.driver.Template;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The settings of the sandboxes of one replica, from those of `sandgate.sandbox` and `sandgate.templates`.
///
/// @param templates by name; the built-in ones are added unless a template of the same name is given
/// @param maxSandboxes how many sandboxes the replica holds at most, paused ones among them
/// @param maxSnapshots how many copies of sandboxes' disks the replica holds at most
/// @param maxConcurrentStarts how many commands are started at the same time
/// @param defaultTimeout how long a sandbox lives when its maker says nothing
/// @param maxTimeout the longest timeout that a caller may ask for
/// @param startTimeout how long a sandbox may take to become ready, and how long a start waits for its turn
/// @param killTimeout how long all processes of a sandbox may take to stop, to run on, or to end
/// @param announceTimeout how long a call waits for a route to be announced
/// @param maxMetadataBytes the names and values of a sandbox's metadata, all together
/// @param maxEnvironmentBytes the names and values of a sandbox's environment, all together
/// @param addresses the loopback addresses for sandboxes, `a.b.c.d/prefix`
/// @param addressQuarantine how long an address rests after its sandbox is gone
/// @param logBytes how much is kept of what a sandbox's processes write
/// @param usageInterval how far apart measurements of what a sandbox uses are
/// @param confinement how far sandboxes are kept apart
/// @param stopOnExit whether the sandboxes are killed when the replica stops; otherwise they run on and are found again
public record SandboxSettings(Map<String, Template> templates, int maxSandboxes, int maxSnapshots,
        int maxConcurrentStarts, Duration defaultTimeout, Duration maxTimeout, Duration startTimeout,
        Duration killTimeout,
        Duration announceTimeout, int maxMetadataBytes, int maxEnvironmentBytes, String addresses,
        Duration addressQuarantine, int logBytes, Duration usageInterval, Confinement confinement, boolean stopOnExit) {

    private static final int LEAST_LOG_BYTES = 64 * 1024;

    /// How far sandboxes are kept apart from the machine and from each other.
    ///
    /// @param isolation whether they are at all
    /// @param network the range of the addresses that they have in networks of their own, as large as `addresses`
    /// @param maxProcesses processes and threads of one sandbox
    /// @param maxPrograms programs of one sandbox that callers have started and that run
    /// @param shownPaths further folders of the machine that they may read
    /// @param maxNamed connections of one sandbox to names that it is allowed
    /// @param maxAllNamed the same of all together
    public record Confinement(IsolationMode isolation, String network, int maxProcesses, int maxPrograms,
            List<Path> shownPaths, int maxNamed, int maxAllNamed) {

        /// Sandboxes are processes of the replica's user.
        public static final Confinement NONE = new Confinement(IsolationMode.OFF, "10.64.0.0/10", 1024, 1000,
                List.of(), 256, 4096);

        public Confinement {
            shownPaths = List.copyOf(shownPaths);
            atLeast("max-processes", maxProcesses, 16);
            atLeast("max-programs", maxPrograms, 1);
            atLeast("max-named-connections", maxNamed, 1);
            atLeast("max-all-named-connections", maxAllNamed, 1);
        }
    }

    public SandboxSettings {
        Map<String, Template> all = new HashMap<>(BuiltInTemplates.ALL);
        all.putAll(templates);
        templates = Map.copyOf(all);
        atLeast("max", maxSandboxes, 1);
        atLeast("max-snapshots", maxSnapshots, 0);
        atLeast("max-concurrent-starts", maxConcurrentStarts, 1);
        atLeast("max-metadata", maxMetadataBytes, 0);
        atLeast("max-environment", maxEnvironmentBytes, 0);
        atLeast("log-size", logBytes, LEAST_LOG_BYTES);
        positive("max-timeout", maxTimeout);
        positive("default-timeout", defaultTimeout);
        positive("start-timeout", startTimeout);
        positive("kill-timeout", killTimeout);
        positive("announce-timeout", announceTimeout);
        positive("usage-interval", usageInterval);
        if (addressQuarantine.isNegative()) {
            throw invalid("address-quarantine", addressQuarantine, "zero or more");
        }
        if (defaultTimeout.compareTo(maxTimeout) > 0) {
            throw invalid("default-timeout", defaultTimeout, "at most sandgate.sandbox.max-timeout, " + maxTimeout);
        }
    }

    /// What holds where nothing else is set.
    public static SandboxSettings defaults() {
        return new SandboxSettings(Map.of(), 1000, 100, 16, Duration.ofSeconds(300), Duration.ofHours(24),
                Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofSeconds(2), 16 * 1024, 64 * 1024,
                "127.64.0.0/10", Duration.ofSeconds(60), 1024 * 1024, Duration.ofSeconds(5),
                Confinement.NONE, false);
    }

    private static void atLeast(String name, int value, int least) {
        if (value < least) {
            throw invalid(name, value, least + " or more");
        }
    }

    private static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw invalid(name, value, "above zero");
        }
    }

    private static SandboxException invalid(String name, Object value, String expected) {
        return new SandboxException(Reason.INVALID,
                "sandgate.sandbox." + name + ": " + value + " (expected: " + expected + ")");
    }
}
