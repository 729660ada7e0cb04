package io.sandgate.api.envd.connect;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Holds back where bytes come from while too many are on their way to a client.
///
/// Bytes are added by any thread and taken off by the event loop. The source is told by one thread at a time and without a
/// lock, since it may itself hold one while it adds: whoever finds another thread at it leaves the decision to that one,
/// which looks again.
final class Pace {

    static final long HIGH = 1 << 20;
    static final long LOW = 256 << 10;

    /// Is told to stop and to go on.
    interface Source {
        void pause();

        void resume();
    }

    private final AtomicLong waiting = new AtomicLong();
    private final AtomicInteger turns = new AtomicInteger();
    private volatile @Nullable Source source;
    /// Written within turns only.
    private boolean held;

    void attach(Source attached) {
        source = attached;
        settle();
    }

    void detach() {
        source = null;
    }

    void add(long bytes) {
        waiting.addAndGet(bytes);
        settle();
    }

    void takeOff(long bytes) {
        waiting.addAndGet(-bytes);
        settle();
    }

    boolean isFull() {
        return waiting.get() > HIGH;
    }

    private void settle() {
        int missed = 1;
        if (turns.getAndIncrement() != 0) {
            return;
        }
        while (missed != 0) {
            Source present = source;
            boolean full = waiting.get() > (held ? LOW : HIGH);
            if (present != null && full != held) {
                held = full;
                if (full) {
                    present.pause();
                } else {
                    present.resume();
                }
            }
            missed = turns.addAndGet(-missed);
        }
    }
}
