package io.sandgate.gateway.stream.replicate;

import java.util.ArrayDeque;
import java.util.Queue;

/// The bound on requests in flight, for the whole process. Requests to peers that failed last take a quarter of it at most, so
/// that they do not hold up the others. Confined to the loop, but for [#inFlight].
final class Permits {
    private final int max;
    private final int maxDoubted;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private final Queue<Runnable> doubtedWaiting = new ArrayDeque<>();
    private volatile int taken;
    private int doubted;
    private boolean granting;

    Permits(int max) {
        this.max = max;
        this.maxDoubted = Math.max(1, max / 4);
    }

    /// Runs `granted` at once or as soon as there is a permit, which it must give back with [#release].
    ///
    /// @param isDoubted whether the last request to the peer failed
    void acquire(boolean isDoubted, Runnable granted) {
        (isDoubted ? doubtedWaiting : waiting).add(granted);
        grant();
    }

    /// Gives a permit back that was taken with the same word.
    void release(boolean isDoubted) {
        if (isDoubted) {
            doubted--;
        }
        change(-1);
        grant();
    }

    /// Permits that are taken; may be read from any thread.
    int inFlight() {
        return taken;
    }

    // only the loop writes
    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void change(int by) {
        taken += by;
    }

    private void grant() {
        if (granting) {
            // whoever was granted a permit gave it back at once: the loop below goes on
            return;
        }
        granting = true;
        try {
            while (taken < max) {
                if (!waiting.isEmpty()) {
                    change(1);
                    waiting.remove().run();
                } else if (!doubtedWaiting.isEmpty() && doubted < maxDoubted) {
                    doubted++;
                    change(1);
                    doubtedWaiting.remove().run();
                } else {
                    return;
                }
            }
        } finally {
            granting = false;
        }
    }
}
