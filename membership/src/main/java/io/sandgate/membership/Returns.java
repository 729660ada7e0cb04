package io.sandgate.membership;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells that this replica returned to a cluster that had gone on without it: at once, and then at most once in a while,
/// so that a network that flaps does not make everyone compare with it all the time. A return that comes too early is told
/// later, together with all others that came until then.
///
/// All state belongs to the loop.
final class Returns {
    private static final Logger log = LoggerFactory.getLogger(Returns.class);
    /// Longer than a merge takes to settle, and shorter than what makes a member dead.
    static final Duration AT_LEAST_BETWEEN = Duration.ofSeconds(30);

    private final Loop loop;
    private final LongSupplier nanoTime;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private boolean toldBefore;
    private boolean waiting;
    private long toldAt;

    Returns(Loop loop, LongSupplier nanoTime) {
        this.loop = loop;
        this.nanoTime = nanoTime;
    }

    void onReturned(Runnable listener) {
        listeners.add(listener);
    }

    /// From any thread.
    void returned() {
        loop.run(() -> {
            if (waiting) {
                return;
            }
            waiting = true;
            Duration since = Duration.ofNanos(nanoTime.getAsLong() - toldAt);
            if (!toldBefore || since.compareTo(AT_LEAST_BETWEEN) >= 0) {
                tell();
            } else {
                loop.after(AT_LEAST_BETWEEN.minus(since), this::tell);
            }
        });
    }

    private void tell() {
        waiting = false;
        toldBefore = true;
        toldAt = nanoTime.getAsLong();
        for (Runnable listener : listeners) {
            try {
                listener.run();
            } catch (RuntimeException e) {
                log.error("self.return_listener_failed", e);
            }
        }
    }
}
