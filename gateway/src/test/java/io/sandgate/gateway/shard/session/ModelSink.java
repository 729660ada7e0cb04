package io.sandgate.gateway.shard.session;

import io.sandgate.gateway.shard.sink.Delivery;
import io.sandgate.gateway.shard.sink.EventSink;
import io.sandgate.gateway.shard.sink.GatewayEvent;
import io.sandgate.gateway.shard.sink.SinkStatus;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/// A sink that asks of a few events at once, as one that sends in batches, and rests now and then. What it accepted outlives it.
final class ModelSink implements EventSink {
    private record Waiting(GatewayEvent event, Delivery delivery) {}

    private final SessionWorld world;
    private final ShardLease lease;
    private final SplittableRandom random;
    /// The last sequence of each session that was ever accepted.
    private final Map<String, Long> accepted;
    private final Consumer<String> complain;
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private long restsUntil;
    private boolean closed;

    ModelSink(SessionWorld world, ShardLease lease, SplittableRandom random, Map<String, Long> accepted,
            Consumer<String> complain) {
        this.world = world;
        this.lease = lease;
        this.random = random;
        this.accepted = accepted;
        this.complain = complain;
    }

    void restUntil(long time) {
        restsUntil = time;
    }

    @Override
    public void offer(GatewayEvent event, Delivery delivery) {
        waiting.add(new Waiting(event, delivery));
        if (waiting.size() > 600) {
            complain.accept(waiting.size() + " events wait in the sink");
        }
        if (random.nextBoolean()) {
            world.loop.execute(this::work);
        }
    }

    void work() {
        while (!closed && !waiting.isEmpty() && (!world.isFaulty() || world.now() >= restsUntil)) {
            List<Waiting> batch = new ArrayList<>();
            for (int i = random.nextInt(1, 5); i > 0 && !waiting.isEmpty(); i--) {
                batch.add(waiting.remove());
            }
            List<Boolean> current = new ArrayList<>();
            for (Waiting next : batch) {
                if (world.isFaulty() && random.nextInt(40) == 0) {
                    flicker();
                }
                current.add(next.delivery().isCurrent());
            }
            for (int i = 0; i < batch.size(); i++) {
                if (current.get(i)) {
                    accept(batch.get(i).event());
                }
                batch.get(i).delivery().done(current.get(i));
            }
        }
    }

    /// The lease expires for a moment, or is renewed, between two questions of the sink.
    private void flicker() {
        lease.renew(lease.epoch(), lease.isFresh() ? world.now() : world.now() + 1_000_000_000L);
    }

    private void accept(GatewayEvent event) {
        long before = accepted.getOrDefault(event.sessionId(), 0L);
        if (event.sequence() > before + 1) {
            complain.accept("the sink has " + event.sequence() + " of " + event.sessionId() + " after " + before);
        }
        accepted.put(event.sessionId(), Math.max(before, event.sequence()));
    }

    @Override
    public SinkStatus status() {
        return new SinkStatus("model", waiting.size(), "");
    }

    @Override
    public void close() {
        closed = true;
    }
}
