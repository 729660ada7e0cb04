package io.sandgate.gateway.stream.webhook;

import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.webhook.Slots.Slot;
import io.sandgate.proxy.replicate.Loop;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/// Takes the webhooks that have events to get through the slots, one event after the other, and lets go of each when it has
/// all of them. Confined to its loop.
final class Dispatch {
    private final Loop loop;
    private final Sending sending;
    private final Slots slots;
    private final WebhookMeters meters;
    private final Deliveries.Listener listener;
    private final Consumer<Lane> delivered;
    private boolean dispatching;

    /// @param delivered told of a lane that has nothing to deliver any more and follows the log again
    Dispatch(Loop loop, Sending sending, Slots slots, WebhookMeters meters, Deliveries.Listener listener,
            Consumer<Lane> delivered) {
        this.loop = loop;
        this.sending = sending;
        this.slots = slots;
        this.meters = meters;
        this.listener = listener;
        this.delivered = delivered;
    }

    /// Delivers what a lane has read.
    void deliver(Lane lane) {
        meters.waits(lane.webhook.id(), lane.oldest());
        ready(lane);
    }

    /// Tries at once what waits for its back-off.
    void hasten(Lane lane) {
        if (lane.state == Lane.State.WAITING) {
            lane.cancelTimer();
            ready(lane);
        }
    }

    /// Forgets a lane that is closed.
    void remove(Lane lane) {
        lane.cancelTimer();
        slots.remove(lane);
        meters.waits(lane.webhook.id(), Optional.empty());
    }

    private void ready(Lane lane) {
        lane.state = Lane.State.READY;
        slots.enqueue(lane);
        dispatch();
    }

    private void dispatch() {
        if (dispatching) {
            return;
        }
        dispatching = true;
        for (Optional<Lane> next = slots.next(); next.isPresent(); next = slots.next()) {
            dispatch(next.get());
        }
        dispatching = false;
    }

    private void dispatch(Lane lane) {
        Entry entry = lane.pending.peekFirst();
        if (entry == null || !lane.wants(entry)) {
            // the webhook was changed while this one waited
            done(lane);
        } else if (sending.mayBegin(lane)) {
            lane.state = Lane.State.IN_FLIGHT;
            Slot slot = slots.take(lane);
            sending.begin(lane, entry, () -> finished(slot), verdict -> settle(lane, verdict));
        } else {
            settle(lane, sending.postpone(lane, entry));
        }
    }

    private void finished(Slot slot) {
        slots.giveBack(slot);
        dispatch();
    }

    private void settle(Lane lane, Sending.Verdict verdict) {
        switch (verdict.next()) {
            case NEXT -> done(lane);
            case RETRY -> await(lane, verdict.pause());
            case NEXT_LATER -> {
                drop(lane);
                await(lane, verdict.pause());
            }
        }
        verdict.disable().ifPresent(reason -> listener.failedForLong(lane.webhook, reason));
    }

    private void await(Lane lane, Duration wait) {
        lane.state = Lane.State.WAITING;
        lane.timer = loop.after(wait, () -> {
            lane.timer = null;
            if (lane.state == Lane.State.WAITING) {
                proceed(lane);
            }
        });
    }

    private void done(Lane lane) {
        drop(lane);
        proceed(lane);
    }

    private void drop(Lane lane) {
        lane.pending.pollFirst();
        lane.attempts = 0;
        meters.waits(lane.webhook.id(), lane.oldest());
        listener.progressed();
    }

    private void proceed(Lane lane) {
        if (lane.pending.isEmpty()) {
            lane.state = Lane.State.FOLLOWING;
            delivered.accept(lane);
        } else {
            ready(lane);
        }
    }
}
