package io.sandgate.api.stream.source;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.EventAppender;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the log what happened, and keeps it in order. Thread-safe; nothing here blocks but for the lock.
///
/// Implementation note. What a source knows changes together with what it tells, under one lock: so the log has the events of
/// a subject in the order in which they happened. While the log is compared with what there is, a subject that is told of
/// meanwhile, or was on its way to the log when the comparison began, is left alone: the log is right about it as soon as
/// that is stored, and when it is lost, everything is compared again.
final class Telling {
    private static final Logger log = LoggerFactory.getLogger(Telling.class);

    private final EventAppender appender;
    private final Runnable onLoss;
    private final Counter lost;
    private final ReentrantLock lock = new ReentrantLock();
    /// How many events of each subject the log was given and has not stored.
    private final Map<String, Integer> onTheirWay = new ConcurrentHashMap<>();
    /// The subjects that the present comparison leaves alone; null while there is none.
    private @Nullable Set<String> busy;

    /// @param onLoss runs, on any thread, when the log did not store what happened; must return at once
    Telling(EventAppender appender, Runnable onLoss, MeterRegistry meters) {
        this.appender = appender;
        this.onLoss = onLoss;
        this.lost = Counter.builder("sandgate.events.untold")
                .description("events of this replica that its log did not store").register(meters);
    }

    /// Changes what a source knows and tells of it, both in one step.
    void inOrder(Runnable change) {
        lock.lock();
        try {
            change.run();
        } finally {
            lock.unlock();
        }
    }

    /// Tells of something that happened, after all that was told before.
    void tell(Event event) {
        inOrder(() -> {
            if (busy != null) {
                busy.add(event.subject());
            }
            append(event).whenComplete((place, failure) -> {
                if (failure != null) {
                    onLoss.run();
                }
            });
        });
    }

    /// From now on until [#endComparison], subjects that are told of are left alone.
    void beginComparison() {
        inOrder(() -> busy = new HashSet<>(onTheirWay.keySet()));
    }

    void endComparison() {
        inOrder(() -> busy = null);
    }

    /// Tells what has to be corrected of a subject, if it is not told of anyway.
    ///
    /// @return what was told; empty when nothing was
    Optional<CompletionStage<Cursor>> correct(String subject, Supplier<Optional<Event>> correction) {
        lock.lock();
        try {
            return busy == null || busy.contains(subject) ? Optional.empty() : correction.get().map(this::append);
        } finally {
            lock.unlock();
        }
    }

    private CompletionStage<Cursor> append(Event event) {
        String subject = event.subject();
        if (!subject.isEmpty()) {
            onTheirWay.merge(subject, 1, Integer::sum);
        }
        return appender.append(event).whenComplete((place, failure) -> {
            if (!subject.isEmpty()) {
                onTheirWay.computeIfPresent(subject, (same, count) -> count == 1 ? null : count - 1);
            }
            if (failure != null) {
                lost.increment();
                log.debug("event.untold kind={} subject={} reason=\"{}\"", event.kind(), subject, failure.toString());
            }
        });
    }
}
