package io.sandgate.sandbox;

import java.time.Duration;

/// Runs short tasks later, on a thread of its own.
interface Alarm extends AutoCloseable {

    /// Runs a task after a delay.
    ///
    /// @return takes the task back, if it has not run
    Runnable after(Duration delay, Runnable task);

    @Override
    void close();
}
