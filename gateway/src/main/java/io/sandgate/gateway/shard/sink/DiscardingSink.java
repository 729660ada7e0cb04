package io.sandgate.gateway.shard.sink;

/// Takes every event at once and keeps none: for a bot whose events nobody wants yet.
public final class DiscardingSink implements EventSink {

    @Override
    public void offer(GatewayEvent event, Delivery delivery) {
        delivery.done(delivery.isCurrent());
    }

    @Override
    public SinkStatus status() {
        return new SinkStatus("none", 0, "");
    }

    @Override
    public void close() {
        // it holds nothing
    }
}
