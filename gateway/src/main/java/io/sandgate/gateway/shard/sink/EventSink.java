package io.sandgate.gateway.shard.sink;

/// Where events go.
///
/// It takes what it is given and goes on trying for as long as it takes; what waits in it is bounded by those who give, who
/// stop reading from the upstream when too much of theirs is not done. All methods may be called from any thread.
public interface EventSink extends AutoCloseable {

    /// Hands an event on, after those that were given before; returns at once.
    void offer(GatewayEvent event, Delivery delivery);

    /// How it is doing.
    SinkStatus status();

    /// Lets go of what waits, and gives back what it holds. Bounded in time.
    @Override
    void close();
}
