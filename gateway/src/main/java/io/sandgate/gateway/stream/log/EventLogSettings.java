package io.sandgate.gateway.stream.log;

/// How much a log keeps. All bounds are of one replica.
///
/// @param memoryBytes of heap for the newest entries
/// @param diskBytes of all segments together, at least four times `segmentBytes`
/// @param segmentBytes of one file: what is too old is deleted by whole files
/// @param queue how many events may wait to be written, and 64 MiB of them at most; an own one more loses the epoch
/// @param subjects how many subjects the state holds; over it the one that changed longest ago is left out
/// @param maxEvent how many characters the texts of one event may have; a larger one is refused
public record EventLogSettings(long memoryBytes, long diskBytes, long segmentBytes, int queue, int subjects,
        int maxEvent) {
    private static final long MIB = 1 << 20;

    /// 64 MiB of memory, 1 GiB of disk in files of 32 MiB, 65,536 waiting events, 200,000 subjects, 256 KiB an event.
    public static final EventLogSettings DEFAULT = new EventLogSettings(64 * MIB, 1024 * MIB, 32 * MIB, 65_536, 200_000,
            256 << 10);

    public EventLogSettings {
        positive("memoryBytes", memoryBytes);
        positive("segmentBytes", segmentBytes);
        positive("queue", queue);
        positive("subjects", subjects);
        positive("maxEvent", maxEvent);
        if (diskBytes / 4 < segmentBytes) {
            throw new IllegalArgumentException(
                    "diskBytes: " + diskBytes + " (expected: at least four times segmentBytes, " + segmentBytes + ")");
        }
        if (maxEvent > 16 * MIB) {
            throw new IllegalArgumentException("maxEvent: " + maxEvent + " (expected: at most " + 16 * MIB + ")");
        }
    }

    private static void positive(String name, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: more than 0)");
        }
    }
}
