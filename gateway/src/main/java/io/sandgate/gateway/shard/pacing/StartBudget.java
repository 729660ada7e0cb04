package io.sandgate.gateway.shard.pacing;

import io.sandgate.gateway.shard.protocol.SessionStartLimit;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How many sessions may still be started: what the upstream said last, without what it may not have counted yet.
///
/// Each permit is charged when it is given. A reading replaces what was known, and takes away the charges that it surely
/// contains: those whose IDENTIFY was sent a while before the reading was asked for. A reading of a new leader may be
/// without one IDENTIFY for each key, by permits of the leader before.
///
/// When a period is over, what was left of it may still be used, and no more until the upstream was asked again.
final class StartBudget {
    private static final Duration PERIOD = Duration.ofHours(24);

    private record Reading(SessionStartLimit limit, long requestedAt, long periodEnd, int doubtful) {}

    private final double reserve;
    private final long countedAfter;
    private final long othersUntil;
    private final Map<Long, Long> charges = new HashMap<>();
    private @Nullable Reading reading;

    /// @param reserve the part of a period's starts that is kept for shards without a session
    /// @param countedAfter nanoseconds after which the upstream has surely counted an IDENTIFY
    /// @param othersUntil until when permits of the leader before can be used
    StartBudget(double reserve, long countedAfter, long othersUntil) {
        this.reserve = reserve;
        this.countedAfter = countedAfter;
        this.othersUntil = othersUntil;
    }

    /// Takes what the upstream said; false for what is older than what is known.
    boolean read(SessionStartLimit limit, long requestedAt, long at) {
        if (reading != null && requestedAt - reading.requestedAt() < 0) {
            return false;
        }
        charges.values().removeIf(latestUse -> requestedAt - latestUse - countedAfter > 0);
        int doubtful = requestedAt - othersUntil - countedAfter > 0 ? 0 : limit.maxConcurrency();
        // zero is said of a period that has not begun, for want of a start
        long periodEnd = limit.resetAfter().isZero()
                ? requestedAt + PERIOD.toNanos()
                : at + limit.resetAfter().toNanos();
        reading = new Reading(limit, requestedAt, periodEnd, doubtful);
        return true;
    }

    boolean isKnown() {
        return reading != null;
    }

    int total() {
        return reading == null ? 0 : reading.limit().total();
    }

    /// Starts that may be used; none before the first reading.
    int remaining() {
        return reading == null
                ? 0
                : (int) Math.max(0, (long) reading.limit().remaining() - reading.doubtful() - charges.size());
    }

    /// How many starts are kept for shards without a session.
    ///
    /// @param count of how many shards the bot has
    int reserve(int count) {
        return (int) Math.max(Math.ceil(reserve * total()), Math.ceilDiv(count, 16));
    }

    /// Whether one more start is allowed.
    boolean allows(Waiter waiter) {
        return remaining() > (waiter.cold() ? 0 : reserve(waiter.shard().count()));
    }

    /// Counts a permit; only what is left can be counted.
    ///
    /// @param latestUse when its IDENTIFY is or was sent at the latest
    void charge(long permit, long latestUse) {
        if (charges.containsKey(permit) || remaining() > 0) {
            charges.put(permit, latestUse);
        }
    }

    /// The IDENTIFY of a permit was not sent.
    void refund(long permit) {
        charges.remove(permit);
    }

    /// How long ago the upstream was asked, in nanoseconds.
    long age(long now) {
        return reading == null ? Long.MAX_VALUE : now - reading.requestedAt();
    }

    /// Nanoseconds until the next period, by the last reading.
    long resetIn(long now) {
        return reading == null ? 0 : Math.max(0, reading.periodEnd() - now);
    }

    /// @param count of how many shards the bot has
    Optional<PacingView.Budget> view(int count, long now) {
        return isKnown()
                ? Optional.of(new PacingView.Budget(total(), remaining(), reserve(count),
                        Duration.ofNanos(resetIn(now))))
                : Optional.empty();
    }
}
