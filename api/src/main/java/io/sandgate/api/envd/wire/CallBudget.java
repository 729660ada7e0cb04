package io.sandgate.api.envd.wire;

import java.util.concurrent.atomic.AtomicInteger;

/// Counts what is under way against a bound.
public final class CallBudget {

    private final int max;
    private final AtomicInteger taken = new AtomicInteger();

    public CallBudget(int max) {
        this.max = max;
    }

    /// Takes a place; false when all are taken.
    public boolean take() {
        if (taken.incrementAndGet() <= max) {
            return true;
        }
        taken.decrementAndGet();
        return false;
    }

    /// Gives a place back.
    public void release() {
        taken.decrementAndGet();
    }

    /// How many places are taken.
    public int taken() {
        return taken.get();
    }

    /// How many places there are.
    public int max() {
        return max;
    }
}
