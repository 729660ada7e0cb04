package io.sandgate.api.settings;

import java.time.Duration;
import java.util.List;

/// The log of what happens, and those who follow it.
///
/// @param keep how much is kept
/// @param stream how followers are served
/// @param history lifecycle events that the sandbox events API answers with
public record EventsSettings(Keep keep, Stream stream, int history) {

    /// How much is kept.
    ///
    /// @param memory bytes in memory
    /// @param disk bytes on disk
    /// @param segment bytes in one file
    /// @param queue events that wait to be written
    /// @param subjects things whose state is kept
    /// @param maxEvent bytes of one event
    public record Keep(long memory, long disk, int segment, int queue, int subjects, int maxEvent) {}

    /// How followers are served.
    ///
    /// @param subscribers at once
    /// @param writeStall how long one may take nothing
    /// @param ping how often a WebSocket is asked whether it is there
    /// @param pongTimeout how long it may not answer
    /// @param markInterval how often one that gets nothing is told how far the replica has looked
    /// @param compression whether WebSockets get deflated messages
    public record Stream(int subscribers, Duration writeStall, Duration ping, Duration pongTimeout,
            Duration markInterval, boolean compression) {}

    static final Setting<Long> MEMORY = Setting.of("events.memory", Type.volume("64KiB", "64GiB"), "64MiB",
            "How much of the event log is in memory: readers that are not further behind cost no disk.");
    static final Setting<Long> DISK = Setting.of("events.disk", Type.volume("1MiB", "1000GiB"), "1GiB",
            "How much of the event log is on disk; a cursor that is further behind is refused.");
    static final Setting<Integer> SEGMENT = Setting.of("events.segment", Type.size("64KiB", "256MiB"), "32MiB",
            "Size of one file of the event log; the oldest file goes as a whole.");
    static final Setting<Integer> QUEUE = Setting.of("events.queue", Type.integer(4096, 10_000_000), "65536",
            "Events that wait to be written; when more do, the log begins a new epoch.");
    static final Setting<Integer> SUBJECTS = Setting.of("events.subjects", Type.integer(100, 10_000_000), "200000",
            "Sandboxes, routes, clients and so on whose newest event is kept for those who begin with the state.");
    static final Setting<Integer> MAX_EVENT = Setting.of("events.max-event", Type.size("4KiB", "16MiB"), "256KiB",
            "Largest event, in characters; a larger one is refused.");
    static final Setting<Integer> SUBSCRIBERS = Setting.of("events.subscribers", Type.integer(1, 10_000_000), "10000",
            "Followers of this replica at once; beyond it 503.");
    static final Setting<Duration> WRITE_STALL = Setting.of("events.write-stall", Type.duration("100ms", "1h"), "10s",
            "A follower that takes nothing for so long, though there is something for it, is closed.");
    static final Setting<Duration> PING = Setting.of("events.ping", Type.duration("100ms", "1h"), "5s",
            "How often a WebSocket is asked whether its client is there.");
    static final Setting<Duration> PONG_TIMEOUT = Setting.of("events.pong-timeout", Type.duration("200ms", "1h"), "20s",
            "A client that answers no ping and takes nothing for so long is closed.");
    static final Setting<Duration> MARK_INTERVAL = Setting.of("events.mark-interval", Type.duration("100ms", "30s"),
            "15s", "How often a follower that gets nothing else is told how far the replica has looked.");
    static final Setting<Boolean> COMPRESSION = Setting.of("events.compression", Type.flag(), "true",
            "Whether WebSockets that ask for it get deflated messages; each is deflated once for all of them.");
    static final Setting<Integer> HISTORY = Setting.of("events.history", Type.integer(0, 10_000_000), "10000",
            "Lifecycle events, of all teams together, that `GET /events/sandboxes` answers with.");
    static final List<Setting<?>> ALL = List.of(MEMORY, DISK, SEGMENT, QUEUE, SUBJECTS, MAX_EVENT, SUBSCRIBERS,
            WRITE_STALL, PING, PONG_TIMEOUT, MARK_INTERVAL, COMPRESSION, HISTORY);

    static EventsSettings from(Values values) {
        Keep keep = new Keep(values.get(MEMORY), values.get(DISK), values.get(SEGMENT), values.get(QUEUE),
                values.get(SUBJECTS), values.get(MAX_EVENT));
        if (keep.segment() > keep.disk() / 4) {
            throw values.refused(SEGMENT, "at most a quarter of " + DISK.fullName());
        }
        if (keep.maxEvent() > keep.segment()) {
            throw values.refused(MAX_EVENT, "at most " + SEGMENT.fullName());
        }
        Stream stream = new Stream(values.get(SUBSCRIBERS), values.get(WRITE_STALL), values.get(PING),
                values.get(PONG_TIMEOUT), values.get(MARK_INTERVAL), values.get(COMPRESSION));
        if (stream.pongTimeout().compareTo(stream.ping().multipliedBy(2)) < 0) {
            throw values.refused(PONG_TIMEOUT, "at least twice " + PING.fullName() + ", which is "
                    + DurationText.format(stream.ping()));
        }
        return new EventsSettings(keep, stream, values.get(HISTORY));
    }
}
