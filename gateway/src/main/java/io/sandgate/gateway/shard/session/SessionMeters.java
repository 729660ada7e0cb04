package io.sandgate.gateway.shard.session;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/// What is counted of the sessions of a replica.
public final class SessionMeters {
    private final MeterRegistry registry;
    private final Timer wait;
    private final Timer latency;
    private final Counter zombies;
    private final Counter badFrames;
    private final Counter replayed;
    private final Counter skipped;

    public SessionMeters(MeterRegistry registry) {
        this.registry = registry;
        this.wait = Timer.builder("sandgate.shards.identify.wait").description("from HELLO to the permit to IDENTIFY")
                .register(registry);
        this.latency = Timer.builder("sandgate.shards.heartbeat.latency")
                .description("from a heartbeat to its acknowledgement").register(registry);
        this.zombies = Counter.builder("sandgate.shards.zombies")
                .description("connections that were closed since a heartbeat was not acknowledged").register(registry);
        this.badFrames = Counter.builder("sandgate.shards.bad.frames")
                .description("connections that were closed since the upstream sent what it should not")
                .register(registry);
        this.replayed = Counter.builder("sandgate.shards.replay.events")
                .description("events that were replayed between RESUME and RESUMED").register(registry);
        this.skipped = Counter.builder("sandgate.shards.sequence.skipped")
                .description("sequences that the upstream left out").register(registry);
    }

    void waited(long nanos) {
        wait.record(nanos, TimeUnit.NANOSECONDS);
    }

    void identified(String result) {
        counter("sandgate.shards.identify", "IDENTIFYs, by what came of them", "result", result).increment();
    }

    void resumed(String result) {
        counter("sandgate.shards.resume", "RESUMEs, by what came of them", "result", result).increment();
    }

    void closed(int code) {
        String known = code == Upstream.NO_CODE
                ? "none"
                : (code >= 1000 && code <= 1015) || (code >= 4000 && code <= 4014) ? Integer.toString(code) : "other";
        counter("sandgate.shards.closed", "connections that the upstream closed, by its code", "code", known)
                .increment();
    }

    void latency(long nanos) {
        if (nanos >= 0) {
            latency.record(nanos, TimeUnit.NANOSECONDS);
        }
    }

    void zombie() {
        zombies.increment();
    }

    void badFrame() {
        badFrames.increment();
    }

    void replayed(long events) {
        replayed.increment((double) events);
    }

    void skipped(long events) {
        skipped.increment((double) events);
    }

    private Counter counter(String name, String description, String tag, String value) {
        return Counter.builder(name).description(description).tag(tag, value).register(registry);
    }
}
