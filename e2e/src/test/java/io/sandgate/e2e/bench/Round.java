package io.sandgate.e2e.bench;

import io.sandgate.e2e.bench.BenchClient.Created;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/// Sandboxes that were created, paused, resumed and killed one after the other, and how long each call took.
final class Round {

    private final Map<Operation, Latencies> took = new EnumMap<>(Operation.class);

    private Round() {
        for (Operation operation : Operation.values()) {
            took.put(operation, new Latencies());
        }
    }

    /// Runs so many sandboxes through their lives, fewer when the time is over.
    static Round run(BenchClient client, int sandboxes, Duration atMost) {
        Round round = new Round();
        long deadline = System.nanoTime() + atMost.toNanos();
        for (int i = 0; i < sandboxes && System.nanoTime() < deadline; i++) {
            Created created = client.create();
            round.of(Operation.CREATE).add(created.nanos());
            round.of(Operation.PAUSE).add(client.pause(created.id()));
            round.of(Operation.RESUME).add(client.resume(created.id()));
            round.of(Operation.KILL).add(client.kill(created.id()));
        }
        return round;
    }

    Latencies of(Operation operation) {
        return took.computeIfAbsent(operation, key -> new Latencies());
    }
}
