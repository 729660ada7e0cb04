package io.sandgate.membership;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The voice of this replica: announces it when its state or the view changed and with each heartbeat, once its own peer
/// listener has answered.
///
/// Asking -> announcing, and never back. All mutable state but the member itself belongs to the loop.
/// An answer carries the number of its attempt and is dropped when a later one has begun.
final class Announcer {
    private static final Logger log = LoggerFactory.getLogger(Announcer.class);
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(20);
    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(1);
    /// An attempt without an answer for so long has failed.
    private static final Duration ANSWER_DEADLINE = Duration.ofSeconds(2);
    /// After so many failed attempts in a row an operator is told.
    private static final int FAILURES_BEFORE_WARNING = 10;

    private final Loop loop;
    private final LivenessProbe probe;
    private final Supplier<RouteSummary> summary;
    private final Consumer<byte[]> group;
    private final Duration heartbeat;
    private final AtomicBoolean aboutToSpeak = new AtomicBoolean();

    private volatile Member self;
    private int attempt;
    private int failures;
    private volatile boolean proven;
    private long sequence;

    /// @param summary what this replica says of its routes, read with each announcement
    /// @param group sends bytes to all members; may fail
    Announcer(Member self, LivenessProbe probe, Loop loop, Duration heartbeat,
            Supplier<RouteSummary> summary, Consumer<byte[]> group) {
        this.self = self;
        this.probe = probe;
        this.loop = loop;
        this.heartbeat = heartbeat;
        this.summary = summary;
        this.group = group;
    }

    Member self() {
        return self;
    }

    /// Whether the own listener has answered.
    boolean isProven() {
        return proven;
    }

    /// Begins to ask the own listener.
    void start() {
        loop.run(this::ask);
    }

    void announce(MemberState state) {
        synchronized (this) {
            self = self.in(state);
        }
        log.info("self.announced id={} state={}", self.id(), state);
        speakSoon();
    }

    /// Announces what is now, for those who are new in the view.
    void viewChanged() {
        speakSoon();
    }

    private void ask() {
        int asked = ++attempt;
        loop.after(ANSWER_DEADLINE, () -> answered(asked, false));
        try {
            probe.answers().whenComplete((answer, failure) -> loop
                    .run(() -> answered(asked, failure == null && Boolean.TRUE.equals(answer))));
        } catch (RuntimeException e) {
            log.debug("self.probe_failed attempt={}", asked, e);
            loop.run(() -> answered(asked, false));
        }
    }

    private void answered(int asked, boolean answer) {
        if (proven || asked != attempt) {
            return;
        }
        if (answer) {
            proven = true;
            log.info("self.visible id={} failures={}", self.id(), failures);
            beat();
            return;
        }
        failures++;
        if (failures == FAILURES_BEFORE_WARNING) {
            log.warn(
                    "self.invisible id={} failures={} (its peer listener at {} does not answer: the other replicas do not "
                            + "see this one)",
                    self.id(), failures, self.peer());
        }
        // A late answer to the attempt that just failed must not count for the next one.
        attempt++;
        loop.after(backoff(failures), this::ask);
    }

    private static Duration backoff(int failures) {
        Duration doubled = FIRST_BACKOFF.multipliedBy(1L << Math.min(failures - 1, 16));
        return doubled.compareTo(LONGEST_BACKOFF) < 0 ? doubled : LONGEST_BACKOFF;
    }

    private void beat() {
        speak();
        loop.after(heartbeat, this::beat);
    }

    private void speakSoon() {
        if (aboutToSpeak.compareAndSet(false, true)) {
            loop.run(() -> {
                aboutToSpeak.set(false);
                speak();
            });
        }
    }

    private void speak() {
        if (!proven) {
            return;
        }
        try {
            group.accept(AnnouncementCodec.encode(new Announcement(self, ++sequence, summary.get())));
        } catch (RuntimeException e) {
            // The next heartbeat says it again; an exception would end the heartbeats.
            log.debug("self.announcement_failed sequence={}", sequence, e);
        }
    }
}
