package io.sandgate.api.envd.wire;

import java.time.Duration;

/// Runs things later.
@FunctionalInterface
public interface Timers {

    /// Runs an action after a delay, unless it is cancelled before.
    Timer after(Duration delay, Runnable action);

    /// Something that is to be run.
    interface Timer {

        /// Sees to it that it does not run. Does nothing for one that ran.
        void cancel();

        /// Whether it ran or was cancelled.
        boolean isOver();
    }
}
