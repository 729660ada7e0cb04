package io.sandgate.api.settings;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// The replica itself.
///
/// @param id its stable name
/// @param dataDirectory where its records, sandboxes and key are kept
/// @param startTimeout how long its start may take until it is ready
/// @param drainDelay how long it goes on to accept when it stops, while it already says that it is not ready
/// @param drainTimeout how long open requests and streams may go on when it stops
/// @param stopTimeout how long its stop may take with all of that
public record ReplicaSettings(String id, Path dataDirectory, Duration startTimeout, Duration drainDelay,
        Duration drainTimeout,
        Duration stopTimeout) {

    static final Setting<String> ID = Setting.optional("replica.id",
            Type.text("1-63 letters, digits, dots, dashes or underscores",
                    Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}")),
            "<host name>-<public port>", "Stable name of the replica, unique in its cluster.");
    static final Setting<Duration> START_TIMEOUT = Setting.of("replica.start-timeout", Type.duration("1s", "1h"),
            "60s", "How long the start may take until the replica is ready.");
    /// Kubernetes takes a pod off its services when it is told to stop, and that is known everywhere within two seconds; a person
    /// who stops a replica need not wait for longer.
    static final Setting<Duration> DRAIN_DELAY = Setting.of("replica.drain-delay", Type.duration("0s", "1h"), "2s",
            "How long the public listener goes on to accept after SIGTERM, while readiness already fails: what the"
                    + " balancer before the replicas needs to notice.");
    static final Setting<Duration> DRAIN_TIMEOUT = Setting.of("replica.drain-timeout", Type.duration("0s", "1h"), "5s",
            "How long open requests and streams may go on after that; then WebSockets are closed with status 1001,"
                    + " and others are cut off.");
    static final Setting<Duration> STOP_TIMEOUT = Setting.of("replica.stop-timeout", Type.duration("1s", "2h"), "15s",
            "How long the stop may take, drain included, before the process ends regardless.");
    static final Setting<Path> DATA_DIRECTORY = Setting.optional("data.dir", Type.path(), "./data/<replica id>",
            "Directory for records, sandboxes and the made API key; one replica uses it at a time.");
    static final List<Setting<?>> ALL = List.of(ID, START_TIMEOUT, DRAIN_DELAY, DRAIN_TIMEOUT, STOP_TIMEOUT,
            DATA_DIRECTORY);

    static ReplicaSettings from(Values values, int publicPort, Supplier<String> hostName) {
        String id = values.getOr(ID, () -> {
            if (publicPort == 0) {
                throw new SettingsException(ID.fullName() + ": not set (expected: a name, because with "
                        + PublicListener.PORT.fullName() + "=0 it cannot be made from the port)");
            }
            return label(hostName.get()) + "-" + publicPort;
        });
        Duration delay = values.get(DRAIN_DELAY);
        Duration drain = values.get(DRAIN_TIMEOUT);
        Duration stop = values.get(STOP_TIMEOUT);
        if (delay.plus(drain).compareTo(stop) >= 0) {
            throw values.refused(DRAIN_TIMEOUT, "with " + DRAIN_DELAY.fullName() + ", which is "
                    + DurationText.format(delay) + ", below " + STOP_TIMEOUT.fullName() + ", which is "
                    + DurationText.format(stop));
        }
        Path data = values.getOr(DATA_DIRECTORY, () -> "./data/" + id);
        return new ReplicaSettings(id, data, values.get(START_TIMEOUT), delay, drain, stop);
    }

    private static String label(String hostName) {
        String label = hostName.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.-]", "-").replaceAll("^[^a-z0-9]+", "");
        return label.isEmpty() ? "replica" : label.substring(0, Math.min(label.length(), 50));
    }
}
