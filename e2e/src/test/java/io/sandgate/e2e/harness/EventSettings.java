package io.sandgate.e2e.harness;

import java.util.Map;

/// Settings of the event stream that tests need in another size than the usual one.
public final class EventSettings {

    private EventSettings() {}

    /// A log so small that what is in it is soon gone.
    public static Map<String, String> smallLog() {
        return Map.of("events.memory", "256KiB", "events.disk", "1MiB", "events.segment", "128KiB", "events.max-event",
                "64KiB");
    }

    /// A log with room for a million events.
    public static Map<String, String> largeLog() {
        return Map.of("events.disk", "4GiB");
    }

    /// A log that keeps hardly anything in memory, and subscribers that may hang for as long as they like.
    public static Map<String, String> stalledForLong() {
        return Map.of("events.memory", "1MiB", "events.write-stall", "1h", "events.pong-timeout", "1h");
    }

    /// More subscribers than usual.
    public static Map<String, String> manySubscribers() {
        return Map.of("events.subscribers", "20000");
    }

    /// How long a subscriber may take nothing.
    public static Map<String, String> stall(String time) {
        return Map.of("events.write-stall", time);
    }

    /// How often a subscriber that gets nothing else hears how far the replica has looked.
    public static Map<String, String> marks(String every) {
        return Map.of("events.mark-interval", every);
    }
}
