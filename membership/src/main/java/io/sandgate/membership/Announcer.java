package io.sandgate.membership;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The voice of this replica: announces it when its state or the view changed and with each heartbeat, once its own
/// probes have passed.
///
/// Unproven -> healthy <-> unhealthy. Nothing is said before the probes passed for the first time, and before this replica
/// was admitted to its cluster. From then on each
/// heartbeat comes with the answer of the probes that were begun for it, so that a healthy one is a proof: it says what the
/// replica is, or that it is unhealthy. While an answer is awaited a healthy replica is silent, and one that is unhealthy
/// goes on saying so. All mutable state but the member itself belongs to the loop. An answer carries the number of its
/// attempt and is dropped when that one has ended.
final class Announcer {
    private static final Logger log = LoggerFactory.getLogger(Announcer.class);
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(20);
    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(1);
    /// An attempt without an answer for so long has failed: the replica is unhealthy.
    private static final Duration ANSWER_DEADLINE = Duration.ofSeconds(2);
    /// After so many failed attempts in a row an operator is told.
    private static final int FAILURES_BEFORE_WARNING = 10;

    private final Loop loop;
    private final LivenessProbe probe;
    private final Supplier<RouteSummary> summary;
    private final Consumer<byte[]> group;
    private final Duration heartbeat;
    private final AtomicBoolean aboutToSpeak = new AtomicBoolean();

    private volatile Member told;
    private volatile boolean proven;
    private volatile boolean passing;
    private volatile boolean admitted;
    private boolean asking;
    private int attempt;
    private int failures;
    private long sequence;

    /// @param summary what this replica says of its routes, read with each announcement
    /// @param group sends bytes to all members; may fail
    Announcer(Member self, LivenessProbe probe, Loop loop, Duration heartbeat,
            Supplier<RouteSummary> summary, Consumer<byte[]> group) {
        this.told = self;
        this.probe = probe;
        this.loop = loop;
        this.heartbeat = heartbeat;
        this.summary = summary;
        this.group = group;
    }

    /// This replica as it announces itself now, or will when its probes have passed for the first time.
    Member self() {
        return proven && !passing ? told.in(MemberState.UNHEALTHY) : told;
    }

    /// Whether the probes passed when they were last asked.
    boolean probesPass() {
        return passing;
    }

    /// Begins to ask the probes.
    void start() {
        loop.run(this::ask);
    }

    /// From now on it may speak.
    void admit() {
        admitted = true;
        speakSoon();
    }

    void announce(MemberState state) {
        synchronized (this) {
            told = told.in(state);
        }
        log.info("self.announced id={} state={}", told.id(), state);
        speakSoon();
    }

    void renew(long incarnation) {
        synchronized (this) {
            told = told.reborn(incarnation);
        }
        log.info("self.returned id={} incarnation={} (the others went on without it for a while)", told.id(),
                told.incarnation());
        speakSoon();
    }

    /// Announces what is now, for those who are new in the view.
    void viewChanged() {
        speakSoon();
    }

    private void ask() {
        int asked = ++attempt;
        asking = true;
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
        if (!asking || asked != attempt) {
            return;
        }
        asking = false;
        if (proven) {
            turn(answer);
            speak();
        } else if (answer) {
            passing = true;
            proven = true;
            log.info("self.proven id={} failures={}", told.id(), failures);
            speak();
            loop.after(heartbeat, this::beat);
        } else {
            failedUnproven();
        }
    }

    private void turn(boolean answer) {
        if (answer != passing) {
            passing = answer;
            if (answer) {
                log.info("self.healthy id={}", told.id());
            } else {
                log.warn("self.unhealthy id={} (its own probes fail: the others do not give it work; see /healthz)",
                        told.id());
            }
        }
    }

    private void failedUnproven() {
        failures++;
        if (failures == FAILURES_BEFORE_WARNING) {
            log.warn(
                    "self.invisible id={} failures={} (its own probes fail: the other replicas do not see this one; see "
                            + "/healthz)",
                    told.id(), failures);
        }
        loop.after(backoff(failures), this::ask);
    }

    private static Duration backoff(int failures) {
        Duration doubled = FIRST_BACKOFF.multipliedBy(1L << Math.min(failures - 1, 16));
        return doubled.compareTo(LONGEST_BACKOFF) < 0 ? doubled : LONGEST_BACKOFF;
    }

    private void beat() {
        if (!asking) {
            ask();
        } else if (!passing) {
            speak();
        }
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
        if (!proven || !admitted) {
            return;
        }
        try {
            group.accept(AnnouncementCodec.encode(new Announcement(self(), ++sequence, summary.get())));
        } catch (RuntimeException e) {
            // The next heartbeat says it again; an exception would end the heartbeats.
            log.debug("self.announcement_failed sequence={}", sequence, e);
        }
    }
}
