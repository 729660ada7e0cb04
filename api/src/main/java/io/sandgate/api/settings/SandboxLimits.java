package io.sandgate.api.settings;

import io.sandgate.sandbox.driver.IsolationMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Where sandboxes run and how long they live.
///
/// @param driver what runs them
/// @param max sandboxes of this replica, paused ones included
/// @param maxSnapshots copies of sandboxes' disks that this replica keeps
/// @param defaultTimeout for a create that names none
/// @param maxTimeout the longest timeout that a call may ask for
/// @param startTimeout until a template's port must answer
/// @param killTimeout for all processes of a sandbox to stop, to run on, or to end
/// @param maxConcurrentStarts commands that are started at the same time
/// @param announceTimeout how long a call waits for its route to be announced
/// @param maxMetadata names and values of a sandbox's metadata together, in bytes
/// @param maxEnvironment names and values of a sandbox's environment together, in bytes
/// @param addressQuarantine how long an address rests after its sandbox is gone
/// @param logSize kept of each sandbox's output, in bytes
/// @param usageInterval how far apart measurements of what a sandbox uses are
/// @param addresses what sandboxes get their address from
/// @param confinement how far they are kept apart
/// @param tokenSeed what their tokens are made from
/// @param stopOnExit whether a clean stop of the replica kills its sandboxes
public record SandboxLimits(Driver driver, int max, int maxSnapshots, Duration defaultTimeout,
        Duration maxTimeout, Duration startTimeout, Duration killTimeout, int maxConcurrentStarts,
        Duration announceTimeout, int maxMetadata, int maxEnvironment, Duration addressQuarantine, int logSize,
        Duration usageInterval, AddressRange addresses, Confinement confinement,
        Optional<Secret> tokenSeed, boolean stopOnExit) {

    /// How far sandboxes are kept apart.
    ///
    /// @param isolation whether they are at all
    /// @param network what they get addresses in networks of their own from
    /// @param maxProcesses processes and threads of one sandbox
    /// @param maxPrograms programs of one sandbox that callers have started and that run
    /// @param shownPaths further folders of the machine that they may read
    /// @param maxNamed connections of one sandbox to names that it is allowed
    /// @param maxAllNamed the same of all together
    public record Confinement(IsolationMode isolation, AddressRange network, int maxProcesses, int maxPrograms,
            List<Path> shownPaths, int maxNamed, int maxAllNamed) {

        public Confinement {
            shownPaths = List.copyOf(shownPaths);
        }
    }

    /// What runs sandboxes.
    public enum Driver {
        /// Process trees on this machine.
        PROCESS
    }

    static final Setting<Driver> DRIVER = Setting.of("sandbox.driver",
            Type.oneOf(List.of(Driver.values())).described("process; this version has no kubernetes and no docker"),
            "process", "What runs the sandboxes.");
    static final Setting<Integer> MAX = Setting.of("sandbox.max", Type.integer(1, 100_000), "1000",
            "Sandboxes of this replica, paused ones included; one more is answered with 503.");
    static final Setting<Integer> MAX_SNAPSHOTS = Setting.of("sandbox.max-snapshots", Type.integer(0, 100_000), "100",
            "Copies of sandboxes' disks that this replica keeps; one more is answered with 503.");
    static final Setting<Duration> DEFAULT_TIMEOUT = Setting.of("sandbox.default-timeout", Type.duration("1s", "365d"),
            "5m", "Lifetime that a call gives when it names none; in the first generation of calls E2B's 15 s.");
    static final Setting<Duration> MAX_TIMEOUT = Setting.of("sandbox.max-timeout", Type.duration("1s", "365d"), "24h",
            "Longest lifetime that a call may ask for.");
    static final Setting<Duration> START_TIMEOUT = Setting.of("sandbox.start-timeout", Type.duration("100ms", "1h"),
            "30s", "Time until the template's port must answer.");
    static final Setting<Duration> KILL_TIMEOUT = Setting.of("sandbox.kill-timeout", Type.duration("100ms", "5m"),
            "10s",
            "Time that all processes of a sandbox get to stop, to run on, or to end.");
    static final Setting<Integer> MAX_CONCURRENT_STARTS = Setting.of("sandbox.max-concurrent-starts",
            Type.integer(1, 10_000), "16", "Commands that are started at the same time; further creates wait.");
    static final Setting<Duration> ANNOUNCE_TIMEOUT = Setting.of("sandbox.announce-timeout", Type.duration("1ms", "1m"),
            "2s", "How long a call waits at most until the sandbox's route is announced.");
    static final Setting<Integer> MAX_METADATA = Setting.of("sandbox.max-metadata", Type.size("1KiB", "16MiB"), "16KiB",
            "Names and values of a sandbox's metadata, together.");
    static final Setting<Integer> MAX_ENVIRONMENT = Setting.of("sandbox.max-environment", Type.size("1KiB", "1MiB"),
            "64KiB", "Names and values of a sandbox's environment, together.");
    static final Setting<Duration> ADDRESS_QUARANTINE = Setting.of("sandbox.address-quarantine",
            Type.duration("0s", "1d"), "60s", "How long an address rests after its sandbox is gone.");
    static final Setting<Integer> LOG_SIZE = Setting.of("sandbox.log-size", Type.size("64KiB", "1GiB"), "1MiB",
            "How much of a sandbox's output is kept.");
    static final Setting<Duration> USAGE_INTERVAL = Setting.of("sandbox.usage-interval", Type.duration("1s", "1h"),
            "5s",
            "How far apart measurements of what a sandbox uses are; the last 720 are kept.");
    static final Setting<AddressRange> ADDRESSES = Setting.of("sandbox.addresses", Type.range(), "127.64.0.0/10",
            "Range that each sandbox gets its address from; inside `sandgate.proxy.allowed-targets`.");
    static final Setting<IsolationMode> ISOLATION = Setting.of("sandbox.isolation",
            Type.oneOf(List.of(IsolationMode.values())), "preferred",
            "Whether sandboxes are kept apart from the machine: required refuses to start where anything is missing that the user may have, preferred "
                    + "does what the machine allows, off runs them as processes of the replica's user.");
    static final Setting<AddressRange> NETWORK = Setting.of("sandbox.network", Type.range(), "10.64.0.0/10",
            "Range of the addresses that sandboxes have in networks of their own; at least as large as "
                    + "`sandgate.sandbox.addresses`. Routes may point there, beside `sandgate.proxy.allowed-targets`.");
    static final Setting<Integer> MAX_PROCESSES = Setting.of("sandbox.max-processes", Type.integer(16, 4_000_000),
            "1024", "Processes and threads of one sandbox, where it is isolated.");
    static final Setting<Integer> MAX_PROGRAMS = Setting.of("sandbox.max-programs", Type.integer(1, 100_000), "1000",
            "Programs that callers have started in one sandbox and that run.");
    static final Setting<List<Path>> SHOWN_PATHS = Setting.of("sandbox.shown-paths", Type.folders(), "",
            "Further folders of the machine that isolated sandboxes may read, where they are on the machine, such as "
                    + "programs outside of `/usr` and `/opt`. Everybody must be able to read them where the replica runs "
                    + "as root.");
    static final Setting<Integer> MAX_NAMED = Setting.of("sandbox.max-named-connections", Type.integer(1, 100_000),
            "256", "Connections of one sandbox to domain names of its `allowOut`; further ones are closed.");
    static final Setting<Integer> MAX_ALL_NAMED = Setting.of("sandbox.max-all-named-connections",
            Type.integer(1, 1_000_000), "4096",
            "The same of all sandboxes of this replica together. Each takes two descriptors.");
    static final Setting<Secret> TOKEN_SEED = Setting.secret("sandbox.token-seed", Type.secret(16),
            "Seed of the tokens of secured sandboxes, and of tickets, the same on all replicas. Without it, the cluster's secret is; and "
                    + "without that, one that is made and kept in the data directory.");
    static final Setting<Boolean> STOP_ON_EXIT = Setting.of("sandbox.stop-on-exit", Type.flag(), "false",
            "Whether a clean stop of the replica kills its sandboxes; otherwise it finds them again when it starts.");
    static final List<Setting<?>> ALL = List.of(DRIVER, MAX, MAX_SNAPSHOTS, DEFAULT_TIMEOUT, MAX_TIMEOUT, START_TIMEOUT,
            KILL_TIMEOUT,
            MAX_CONCURRENT_STARTS, ANNOUNCE_TIMEOUT, MAX_METADATA, MAX_ENVIRONMENT, ADDRESS_QUARANTINE, LOG_SIZE,
            USAGE_INTERVAL, ADDRESSES, ISOLATION, NETWORK, MAX_PROCESSES, MAX_PROGRAMS, SHOWN_PATHS, MAX_NAMED,
            MAX_ALL_NAMED, TOKEN_SEED,
            STOP_ON_EXIT);

    static SandboxLimits from(Values values, ProxySettings proxy) {
        SandboxLimits limits = new SandboxLimits(values.get(DRIVER), values.get(MAX), values.get(MAX_SNAPSHOTS),
                values.get(DEFAULT_TIMEOUT),
                values.get(MAX_TIMEOUT), values.get(START_TIMEOUT), values.get(KILL_TIMEOUT),
                values.get(MAX_CONCURRENT_STARTS), values.get(ANNOUNCE_TIMEOUT), values.get(MAX_METADATA),
                values.get(MAX_ENVIRONMENT), values.get(ADDRESS_QUARANTINE), values.get(LOG_SIZE),
                values.get(USAGE_INTERVAL),
                values.get(ADDRESSES), new Confinement(values.get(ISOLATION), values.get(NETWORK),
                        values.get(MAX_PROCESSES), values.get(MAX_PROGRAMS), values.get(SHOWN_PATHS),
                        values.get(MAX_NAMED), values.get(MAX_ALL_NAMED)),
                values.find(TOKEN_SEED), values.get(STOP_ON_EXIT));
        if (limits.defaultTimeout.compareTo(limits.maxTimeout) > 0) {
            throw values.refused(DEFAULT_TIMEOUT, "at most " + MAX_TIMEOUT.fullName() + ", which is "
                    + DurationText.format(limits.maxTimeout));
        }
        if (proxy.allowedTargets().stream().noneMatch(range -> range.contains(limits.addresses))) {
            throw values.refused(ADDRESSES, "a range inside " + ProxySettings.ALLOWED_TARGETS.fullName()
                    + ", or nobody could reach the sandboxes");
        }
        return limits;
    }
}
