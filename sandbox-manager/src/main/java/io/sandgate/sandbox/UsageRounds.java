package io.sandgate.sandbox;

import io.sandgate.sandbox.driver.SandboxDriver;
import io.sandgate.sandbox.runtime.GuestException;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Measures what the running sandboxes of a replica use, one after the other, on one timer for all. What paused ones used
/// before is kept with them.
final class UsageRounds {

    private static final Logger log = LoggerFactory.getLogger(UsageRounds.class);

    private final Collection<Cell> cells;
    private final SandboxDriver driver;
    private final Alarm alarm;
    private final Duration interval;
    private final Executor executor;
    private final SandboxMetrics metrics;
    /// A round that takes longer than the interval takes the place of the next one.
    private final AtomicBoolean underWay = new AtomicBoolean();

    /// @param cells all sandboxes, as they are at the time of each round
    /// @param executor where rounds may block
    UsageRounds(Collection<Cell> cells, SandboxDriver driver, Alarm alarm, Duration interval, Executor executor,
            SandboxMetrics metrics) {
        this.cells = cells;
        this.driver = driver;
        this.alarm = alarm;
        this.interval = interval;
        this.executor = executor;
        this.metrics = metrics;
    }

    /// Begins, with the first round after one interval.
    void start() {
        var _ = alarm.after(interval, () -> {
            start();
            if (underWay.compareAndSet(false, true)) {
                executor.execute(this::measureAll);
            }
        });
    }

    private void measureAll() {
        metrics.measuring(() -> {
            try {
                cells.forEach(this::measure);
            } finally {
                underWay.set(false);
            }
        });
    }

    private void measure(Cell cell) {
        Sandbox sandbox = cell.sandbox();
        if (sandbox.state() != SandboxState.RUNNING) {
            return;
        }
        try {
            driver.usage(sandbox.id()).ifPresent(cell.usage()::add);
        } catch (GuestException e) {
            // it ends, or has just ended
            log.debug("sandbox.not-measured id={} reason={}", sandbox.id(), e.getMessage());
        }
    }
}
