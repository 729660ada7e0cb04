package io.sandgate.proxy.replicate;

import java.time.Duration;
import java.util.concurrent.Executor;

/// One thread of execution with a monotonic clock and timers; all state of the replication core belongs to one.
///
/// [#execute] may be called from any thread; actions run one at a time, in order. The other methods are for actions
/// that run on the loop.
public interface Loop extends Executor {

    /// A timer that has not fired yet.
    @FunctionalInterface
    interface Timer {
        /// Makes sure that the action does not run; does nothing after it ran.
        void cancel();
    }

    /// Runs the action on this loop, once, after a delay.
    Timer after(Duration delay, Runnable action);

    /// Monotonic nanoseconds.
    long nanoTime();
}
