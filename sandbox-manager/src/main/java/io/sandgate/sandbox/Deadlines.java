package io.sandgate.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;

/// The deadlines of all sandboxes, with one alarm set for the earliest.
///
/// A deadline that falls due is handed on with the life and the instant that it belongs to, so that its receiver can
/// tell whether it still holds. The alarm is never set further ahead than a second: the wall clock may be set while it
/// waits.
final class Deadlines implements AutoCloseable {

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

    /// When a sandbox's time is over.
    record Deadline(Instant at, String id, String uid) {}

    private final InstantSource clock;
    private final Alarm alarm;
    private final Consumer<Deadline> due;
    private final Map<String, Deadline> byId = new HashMap<>();
    private final TreeSet<Deadline> ordered = new TreeSet<>(
            Comparator.comparing(Deadline::at).thenComparing(Deadline::id));
    private Instant armedFor = Instant.MAX;
    private Runnable disarm = () -> {};
    private boolean closed;

    /// @param due receives what falls due, on the alarm's thread; must not block
    Deadlines(InstantSource clock, Alarm alarm, Consumer<Deadline> due) {
        this.clock = clock;
        this.alarm = alarm;
        this.due = due;
    }

    /// Sets the deadline of a sandbox, in place of the one it had.
    synchronized void set(Sandbox sandbox) {
        Deadline deadline = new Deadline(sandbox.endAt(), sandbox.id(), sandbox.uid());
        remove(sandbox.id());
        byId.put(sandbox.id(), deadline);
        ordered.add(deadline);
        arm();
    }

    /// Takes the deadline of a sandbox away.
    synchronized void clear(String id) {
        remove(id);
    }

    @Override
    public synchronized void close() {
        closed = true;
        disarm.run();
    }

    private void remove(String id) {
        Deadline former = byId.remove(id);
        if (former != null) {
            ordered.remove(former);
        }
    }

    private void arm() {
        if (closed || ordered.isEmpty() || !ordered.first().at().isBefore(armedFor)) {
            return;
        }
        disarm.run();
        Instant now = clock.instant();
        Duration wait = Duration.between(now, ordered.first().at());
        if (wait.isNegative()) {
            wait = Duration.ZERO;
        }
        if (wait.compareTo(LONGEST_WAIT) > 0) {
            wait = LONGEST_WAIT;
        }
        armedFor = now.plus(wait);
        disarm = alarm.after(wait, this::ring);
    }

    private void ring() {
        List<Deadline> over = new ArrayList<>();
        synchronized (this) {
            Instant now = clock.instant();
            while (!ordered.isEmpty() && !ordered.first().at().isAfter(now)) {
                Deadline deadline = ordered.removeFirst();
                byId.remove(deadline.id());
                over.add(deadline);
            }
            armedFor = Instant.MAX;
            arm();
        }
        over.forEach(due);
    }
}
