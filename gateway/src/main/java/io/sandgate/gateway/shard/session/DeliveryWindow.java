package io.sandgate.gateway.shard.session;

import io.sandgate.gateway.shard.sink.Delivery;
import io.sandgate.gateway.shard.sink.EventSink;
import io.sandgate.gateway.shard.sink.GatewayEvent;

/// The events of one session between this replica and its sink: how far they came, and how far they were accepted.
///
/// Events are offered on the loop and done on the sink's thread, in the same order. So the sequence that is accepted is that of
/// the last one that is done, and when none waits that of the last one that came, whether it was handed on or filtered out.
///
/// Once the sink has been told that an event may not be handed on, none after it may be either, also when the lease is fresh
/// again, so that there is no hole: the window is broken, and the session is resumed from before that event, in a new window.
final class DeliveryWindow {
    private final EventSink sink;
    private final Outflow outflow;
    /// Runs on any thread: there is room again, nothing waits, or it broke.
    private final Runnable changed;
    private final Object lock = new Object();
    private int open;
    private long received;
    private long done;
    /// The first event that was let go.
    private long lost = Long.MAX_VALUE;

    /// @param sequence up to which the session's events were accepted before
    DeliveryWindow(EventSink sink, Outflow outflow, long sequence, Runnable changed) {
        this.sink = sink;
        this.outflow = outflow;
        this.received = sequence;
        this.done = sequence;
        this.changed = changed;
    }

    /// Hands an event on.
    void offer(GatewayEvent event) {
        int size = event.data().length();
        outflow.add(size);
        synchronized (lock) {
            open++;
            received = event.sequence();
        }
        sink.offer(event, new Delivery() {
            @Override
            public boolean isCurrent() {
                return mayPass(event.sequence());
            }

            @Override
            public void done(boolean accepted) {
                finished(event.sequence(), size, accepted);
            }
        });
    }

    /// An event that is not handed on.
    void skip(long sequence) {
        synchronized (lock) {
            received = sequence;
        }
    }

    private boolean mayPass(long sequence) {
        synchronized (lock) {
            if (sequence < lost && !outflow.isOpen()) {
                lost = sequence;
            }
            return sequence < lost;
        }
    }

    private void finished(long sequence, int size, boolean accepted) {
        boolean tell = outflow.remove(size);
        synchronized (lock) {
            open--;
            if (!accepted) {
                lost = Math.min(lost, sequence);
                tell |= lost == sequence;
            } else if (sequence < lost) {
                done = sequence;
            }
        }
        if (tell) {
            changed.run();
        }
    }

    /// Up to which event everything was accepted.
    long accepted() {
        synchronized (lock) {
            return open == 0 && lost == Long.MAX_VALUE ? received : done;
        }
    }

    /// The last event that came.
    long received() {
        synchronized (lock) {
            return received;
        }
    }

    /// Whether an event was let go.
    boolean isBroken() {
        synchronized (lock) {
            return lost != Long.MAX_VALUE;
        }
    }
}
