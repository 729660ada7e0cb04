package io.sandgate.membership;

import java.time.Duration;

/// One thread that runs tasks one at a time: at once in the order in which they came, or after a delay.
interface Loop {
    void run(Runnable task);

    void after(Duration delay, Runnable task);
}
