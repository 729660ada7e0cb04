package io.sandgate.gateway.stream.log;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.function.ToDoubleFunction;

/// What a user watches of the event log.
final class LogMetrics {
    private final MeterRegistry registry;

    final Counter own;
    final Counter others;
    final Counter lost;
    final Counter refused;
    final Counter epochs;
    final Counter subjectsDropped;
    final Timer append;
    private volatile boolean diskFailed;

    LogMetrics(MeterRegistry registry) {
        this.registry = registry;
        own = appended("own");
        others = appended("replicated");
        lost = counter("lost", "Own events that found no room in the queue, each of which ends an epoch");
        refused = counter("refused",
                "Events that were not taken: too large, no JSON, or of another replica without room");
        epochs = counter("epochs", "Epochs that began because entries were lost or could not be trusted any more");
        subjectsDropped = counter("subjects.dropped", "Subjects that were left out of the state for want of room");
        append = Timer.builder("sandgate.events.append")
                .description(
                        "From giving an event to the log until it is stored and can be read, the oldest of each batch")
                .register(registry);
    }

    /// Shows the levels of a log.
    void watch(View view, Inbox inbox) {
        gauge("tip", "Number of the last entry of the event log", view, v -> v.life().memory().tip());
        gauge("floor", "Number of the lowest entry of the event log that can be read", view,
                v -> v.life().extent().floor());
        gauge("memory.bytes", "What the newest entries take on the heap, about", view, v -> v.life().memory().bytes());
        gauge("disk.bytes", "What the segments of the event log take on disk", view, LogMetrics::diskBytes);
        gauge("subjects", "Subjects in the state", view, View::subjects);
        gauge("queue", "Events that wait to be written", inbox, Inbox::size);
        gauge("disk.failed", "1 while the event log is in memory only because its disk failed", this,
                metrics -> metrics.diskFailed ? 1 : 0);
    }

    /// Says whether the disk failed.
    void diskFailed(boolean failed) {
        diskFailed = failed;
    }

    private static double diskBytes(View view) {
        DiskTier disk = view.life().disk();
        return disk == null ? 0 : disk.bytes();
    }

    private <T> void gauge(String name, String description, T of, ToDoubleFunction<T> value) {
        Gauge.builder("sandgate.events." + name, of, value).description(description).register(registry);
    }

    private Counter counter(String name, String description) {
        return Counter.builder("sandgate.events." + name).description(description).register(registry);
    }

    private Counter appended(String origin) {
        return Counter.builder("sandgate.events.appended")
                .description("Entries that were appended, by where they happened")
                .tag("origin", origin).register(registry);
    }
}
