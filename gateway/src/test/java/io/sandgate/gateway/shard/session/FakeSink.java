package io.sandgate.gateway.shard.session;

import io.sandgate.gateway.shard.sink.Delivery;
import io.sandgate.gateway.shard.sink.EventSink;
import io.sandgate.gateway.shard.sink.GatewayEvent;
import io.sandgate.gateway.shard.sink.SinkStatus;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/// A sink that takes events at once, or when a test says so.
final class FakeSink implements EventSink {
    private record Waiting(GatewayEvent event, Delivery delivery) {}

    final List<GatewayEvent> accepted = new ArrayList<>();
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private boolean holds;

    /// Takes no event any more until [#take].
    void hold() {
        holds = true;
    }

    /// Takes what waits and what comes.
    void takeAll() {
        holds = false;
        take(waiting.size());
    }

    /// Takes the first of those that wait, or lets them go.
    void take(int count) {
        for (int i = 0; i < count; i++) {
            Waiting next = waiting.remove();
            boolean current = next.delivery().isCurrent();
            if (current) {
                accepted.add(next.event());
            }
            next.delivery().done(current);
        }
    }

    /// Asks of the first one whether it may be handed on, as a sink does that is about to.
    boolean ask() {
        return waiting.element().delivery().isCurrent();
    }

    int waiting() {
        return waiting.size();
    }

    List<Long> sequences() {
        return accepted.stream().map(GatewayEvent::sequence).toList();
    }

    @Override
    public void offer(GatewayEvent event, Delivery delivery) {
        waiting.add(new Waiting(event, delivery));
        if (!holds) {
            takeAll();
        }
    }

    @Override
    public SinkStatus status() {
        return new SinkStatus("fake", waiting.size(), "");
    }

    @Override
    public void close() {
        waiting.clear();
    }
}
