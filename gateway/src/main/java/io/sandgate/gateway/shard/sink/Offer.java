package io.sandgate.gateway.shard.sink;

import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An event that a sink was given and that is not done. What goes wrong at those who gave it does not stop the others'.
final class Offer {
    private static final Logger log = LoggerFactory.getLogger(Offer.class);

    private final GatewayEvent event;
    private final Delivery delivery;
    private final AtomicInteger waiting;

    /// @param waiting counts those that are not done
    Offer(GatewayEvent event, Delivery delivery, AtomicInteger waiting) {
        this.event = event;
        this.delivery = delivery;
        this.waiting = waiting;
        waiting.incrementAndGet();
    }

    GatewayEvent event() {
        return event;
    }

    boolean isCurrent() {
        try {
            return delivery.isCurrent();
        } catch (RuntimeException e) {
            log.warn("sink.lease-unknown shard={} (the event is let go)", event.shard(), e);
            return false;
        }
    }

    void done(boolean accepted) {
        waiting.decrementAndGet();
        try {
            delivery.done(accepted);
        } catch (RuntimeException e) {
            log.warn("sink.not-told shard={} seq={}", event.shard(), event.sequence(), e);
        }
    }
}
