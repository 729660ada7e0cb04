package io.sandgate.gateway.connection;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.function.IntSupplier;

/// What is counted of connections. May be used from any thread.
final class ConnectionMeters {
    private final MeterRegistry registry;
    private final Counter opened;
    private final Counter superseded;
    private final Counter dropped;
    private final Counter swept;
    private final Counter marked;
    private final Counter reasserted;
    private final Counter withdrawn;
    private final Counter repeated;

    ConnectionMeters(MeterRegistry registry) {
        this.registry = registry;
        opened = counter("opened", "Connections that clients opened to this replica");
        superseded = counter("superseded", "Connections of this replica that a newer one of the same client ended");
        dropped = counter("dropped", "Messages that were dropped here, since their connection is not open any more");
        swept = counter("swept", "Rows of connections that another than their replica cleared");
        marked = counter("marked", "Clients that this replica found to be offline when it sent to them");
        reasserted = counter("reasserted", "Rows of open connections that others had cleared, written again");
        withdrawn = counter("withdrawn",
                "Rows of this replica without an open connection, withdrawn: those of an earlier life");
        repeated = counter("repeated", "Messages that came again and were not delivered twice");
    }

    private Counter counter(String name, String description) {
        return Counter.builder("sandgate.connections." + name).description(description).register(registry);
    }

    void here(Map<?, ?> connections) {
        Gauge.builder("sandgate.connections", connections, Map::size).description("Connections open to this replica")
                .register(registry);
    }

    void rows(Map<?, ?> rows) {
        Gauge.builder("sandgate.connections.rows", rows, Map::size)
                .description("Connected clients that this replica knows, wherever they are").register(registry);
    }

    void waiting(IntSupplier messages) {
        Gauge.builder("sandgate.connections.outbox", messages, IntSupplier::getAsInt)
                .description("Messages that wait for another replica to take them").register(registry);
    }

    void message(String result, int count) {
        if (count > 0) {
            Counter.builder("sandgate.connections.messages")
                    .description("Messages to clients that were sent by this replica, by what became of them")
                    .tag("result", result).register(registry).increment(count);
        }
    }

    void opened() {
        opened.increment();
    }

    void superseded() {
        superseded.increment();
    }

    void dropped() {
        dropped.increment();
    }

    void swept() {
        swept.increment();
    }

    void marked() {
        marked.increment();
    }

    void reasserted() {
        reasserted.increment();
    }

    void withdrawn() {
        withdrawn.increment();
    }

    void repeated() {
        repeated.increment();
    }
}
