package io.sandgate.gateway.stream.log;

import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.EventReader;
import io.sandgate.gateway.stream.event.EventReader.Read;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// Events for tests, and a reader that takes all there is.
final class Events {
    static final EventLogSettings SMALL = new EventLogSettings(64 << 10, 256 << 10, 16 << 10, 10_000, 1_000, 8 << 10);

    private static final Instant AT = Instant.parse("2026-05-01T10:00:00.123456789Z");

    /// An event without a subject.
    static Event event(String data) {
        return new Event("shard.event", "", false, AT, "", "", Map.of(), data, Event.Reach.CLUSTER);
    }

    /// An event of a subject.
    static Event of(String subject, int version, boolean last) {
        return new Event("sandbox.updated", subject, last, AT.plusSeconds(version), "i" + subject, "team",
                Map.of("version", String.valueOf(version)), "{\"version\":" + version + "}", Event.Reach.CLUSTER);
    }

    /// An event of any kind, with texts of all alphabets.
    static Event random(RandomGenerator random, int number) {
        String text = switch (random.nextInt(4)) {
            case 0 -> "";
            case 1 -> "plain";
            case 2 -> "quote \\\" and line \\n";
            default -> "\u00e4\u20ac\ud83d\ude00";
        };
        String filling = "x".repeat(random.nextInt(random.nextInt(20) == 0 ? 4_000 : 300));
        String data = "{\"number\":" + number + ",\"text\":\"" + text + "\",\"filling\":\"" + filling + "\"}";
        boolean subject = random.nextBoolean();
        return new Event("area" + random.nextInt(3) + ".word", subject ? "subject/" + random.nextInt(50) : "",
                random.nextInt(5) == 0, AT.plusNanos(random.nextLong(1L << 40)),
                random.nextBoolean() ? "i" + number : "",
                random.nextBoolean() ? "team\u20ac" : "",
                random.nextBoolean() ? Map.of() : Map.of("k\u00e4", "v\"", "a", ""),
                data, random.nextBoolean() ? Event.Reach.CLUSTER : Event.Reach.REPLICA);
    }

    /// Waits for an append, for a minute at most.
    static Cursor stored(CompletionStage<Cursor> stage) {
        return stage.toCompletableFuture().copy().orTimeout(1, TimeUnit.MINUTES).join();
    }

    /// All entries behind a place; fails when some are lost.
    static List<Entry> all(EventReader reader, Cursor after) {
        List<Entry> found = new ArrayList<>();
        Cursor place = after;
        while (true) {
            switch (reader.readStored(place, 100, 50_000)) {
                case Read.Entries read -> {
                    found.addAll(read.entries());
                    place = after.at(read.entries().getLast().seq());
                }
                case Read.AtTip atTip -> {
                    return found;
                }
                case Read.Lost lost -> throw new AssertionError("lost behind " + place + ": " + lost);
                case Read.Stored stored -> throw new AssertionError("stored is no answer of readStored");
            }
        }
    }

    private Events() {}
}
