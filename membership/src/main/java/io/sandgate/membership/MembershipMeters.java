package io.sandgate.membership;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The metrics of the membership, and one log line for each kind of message that was ignored.
final class MembershipMeters {
    private static final Logger log = LoggerFactory.getLogger(MembershipMeters.class);
    /// How many different lines about ignored messages are remembered, so that each is written once.
    private static final int MOST_REMEMBERED = 1_000;

    private final Counter views;
    private final Counter merges;
    private final Map<IgnoreReason, Counter> ignored = new EnumMap<>(IgnoreReason.class);
    private final Map<SelfFence.Cause, Counter> fences = new EnumMap<>(SelfFence.Cause.class);
    private final Set<String> logged = new HashSet<>();

    /// @param fencedFor how long this replica has been fenced
    /// @param in whether this replica is in its cluster
    MembershipMeters(MeterRegistry registry, Supplier<Number> members, Supplier<Duration> fencedFor,
            BooleanSupplier in) {
        Gauge.builder("sandgate.membership.members", members)
                .description("Visible members, this one among them")
                .strongReference(true)
                .register(registry);
        Gauge.builder("sandgate.membership.joined", () -> in.getAsBoolean() ? 1 : 0)
                .description("1 when this replica is in its cluster, 0 while it tries to join")
                .strongReference(true).register(registry);
        views = Counter.builder("sandgate.membership.views").description("Changes of the group's view")
                .register(registry);
        merges = Counter.builder("sandgate.membership.merges").description("Members that came back after a partition")
                .register(registry);
        for (IgnoreReason reason : IgnoreReason.values()) {
            ignored.put(reason, Counter.builder("sandgate.membership.ignored")
                    .description("Messages of other members that had no effect").tag("reason", reason.tag())
                    .register(registry));
        }
        for (SelfFence.Cause cause : SelfFence.Cause.values()) {
            fences.put(cause, Counter.builder("sandgate.membership.fences")
                    .description("Times that this replica fenced itself, by cause").tag("cause", cause.tag())
                    .register(registry));
        }
        TimeGauge.builder("sandgate.membership.fenced", () -> fencedFor.get().toMillis(), TimeUnit.MILLISECONDS)
                .description("How long this replica has been fenced; 0 when it is not")
                .strongReference(true).register(registry);
        FunctionCounter
                .builder("sandgate.membership.objects.refused", RestrictedObjectMessage.REFUSED,
                        refused -> refused.sum())
                .description("Messages that carried a foreign Java object and were dropped unread, in this process")
                .register(registry);
    }

    void viewChanged() {
        views.increment();
    }

    void changed(MembershipChange change) {
        if (change instanceof MembershipChange.Merged) {
            merges.increment();
        }
    }

    void fenced(SelfFence.Fencing fencing, String self) {
        Counter counter = fences.get(fencing.cause());
        if (counter != null) {
            counter.increment();
        }
        log.warn("self.fenced id={} reason=\"{}\" (it clears nothing of others until it has reconciled)", self,
                fencing.because());
    }

    void ignored(IgnoreReason reason, Announcement announcement) {
        Member member = announcement.member();
        count(reason);
        switch (reason) {
            case DUPLICATE_ID -> {
                if (firstTime(reason + member.id() + member.incarnation())) {
                    log.warn(
                            "member.duplicate_id id={} incarnation={} peer={} (each replica needs a sandgate.replica.id "
                                    + "of its own: stop one of them or rename it)",
                            member.id(), member.incarnation(),
                            member.peer());
                }
            }
            case OLD_INCARNATION, CHANGED_ID -> {
                if (firstTime(reason + member.id() + member.incarnation())) {
                    log.info("announcement.ignored reason={} id={} incarnation={}", reason.tag(), member.id(),
                            member.incarnation());
                }
            }
            default -> log.debug("announcement.ignored reason={} id={}", reason.tag(), member.id());
        }
    }

    void ignored(IgnoreReason reason, String sender, String detail) {
        count(reason);
        if (firstTime(reason + sender)) {
            log.info("message.ignored reason={} sender={} detail=\"{}\"", reason.tag(), Printable.of(sender),
                    Printable.of(detail));
        }
    }

    private void count(IgnoreReason reason) {
        Counter counter = ignored.get(reason);
        if (counter != null) {
            counter.increment();
        }
    }

    private boolean firstTime(String line) {
        synchronized (logged) {
            return logged.size() < MOST_REMEMBERED && logged.add(line);
        }
    }
}
