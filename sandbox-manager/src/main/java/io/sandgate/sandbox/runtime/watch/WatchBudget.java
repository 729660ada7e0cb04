package io.sandgate.sandbox.runtime.watch;

import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.GuestException.Code;
import java.util.concurrent.Semaphore;

/// How many directories may be watched at once. Thread-safe.
public final class WatchBudget {

    private final int limit;
    private final String subject;
    private final Semaphore free;

    /// @param subject of the refusal, as `directories that one sandbox may watch`
    public WatchBudget(int limit, String subject) {
        this.limit = limit;
        this.subject = subject;
        this.free = new Semaphore(limit);
    }

    /// How many are watched.
    public int used() {
        return limit - free.availablePermits();
    }

    /// @throws GuestException RESOURCE_EXHAUSTED when there are as many as may be
    void take() {
        if (!free.tryAcquire()) {
            throw new GuestException(Code.RESOURCE_EXHAUSTED, subject + ": all " + limit + " are watched already");
        }
    }

    void giveBack() {
        free.release();
    }
}
