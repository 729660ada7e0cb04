package io.sandgate.gateway.stream.serve;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.gateway.stream.pump.End;
import io.sandgate.gateway.stream.pump.PumpObserver;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/// What is counted of the subscribers of a replica. Thread-safe.
final class StreamMeters implements PumpObserver {
    private final Counter scanned;
    private final Counter sent;
    private final Map<End, Counter> ended = new EnumMap<>(End.class);

    /// @param subscribers how many there are now
    /// @param lag how many events the one that is furthest behind has still to read
    StreamMeters(MeterRegistry registry, LongSupplier subscribers, LongSupplier lag) {
        Gauge.builder("sandgate.events.subscribers", subscribers, now -> (double) now.getAsLong())
                .description("open subscriptions to the event stream of this replica").register(registry);
        Gauge.builder("sandgate.events.lag", lag, now -> (double) now.getAsLong())
                .description("events that the subscriber who is furthest behind has still to read").register(registry);
        this.scanned = Counter.builder("sandgate.events.scanned")
                .description("events read for subscribers, whether they wanted them or not").register(registry);
        this.sent = Counter.builder("sandgate.events.sent").description("events written to subscribers")
                .register(registry);
        for (End end : End.values()) {
            ended.put(end, Counter.builder("sandgate.events.ended")
                    .description("subscriptions that this replica ended, by why")
                    .tag("reason", end.name().toLowerCase(Locale.ROOT).replace('_', '-')).register(registry));
        }
    }

    @Override
    public void passed(int scannedNow, int sentNow) {
        scanned.increment(scannedNow);
        sent.increment(sentNow);
    }

    @Override
    public void ended(End end) {
        Counter counter = ended.get(end);
        if (counter != null) {
            counter.increment();
        }
    }
}
