package io.sandgate.gateway.shard.pacing;

import io.sandgate.gateway.shard.protocol.SessionStartLimit;
import io.sandgate.gateway.shard.protocol.ShardId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// The leader's word on who may send an IDENTIFY when.
///
/// All members poll it with the shards that wait; each identify window has one queue, and its head gets a permit when a
/// window's time and a margin are over since the last moment at which an IDENTIFY of the same key may have been sent. A
/// permit that nothing is heard of counts as used at the last moment at which it could have been, so that lost messages, dead
/// holders and dead leaders cost time and never the upstream's trust.
///
/// Times are nanoseconds of one monotonic clock. Not thread-safe: confined to one thread.
public final class IdentifyPacer {
    /// How old a reading may be while it holds somebody back.
    private static final long READING_LIFE = Duration.ofMinutes(1).toNanos();

    private final PacingListener listener;
    private final long window;
    private final long permitLife;
    private final IdentifyKeys keys;
    private final Pollers pollers;
    private final GivenPermits permits;
    private final StartBudget budget;
    private final AdaptiveMargin margin;
    private final RecentStarts starts;

    /// A new leader's, who knows nothing of the leader before: it may have given a permit for each key just now.
    ///
    /// @param firstPermit the id of its first permit; drawn at random, so that no two leaders give the same ones
    public IdentifyPacer(PacingSettings settings, PacingListener listener, long firstPermit, long now) {
        this.listener = listener;
        window = settings.window().toNanos();
        permitLife = settings.permitLife().toNanos();
        long othersUntil = now + permitLife;
        keys = new IdentifyKeys(othersUntil);
        pollers = new Pollers(keys, settings.waitLife().toNanos());
        permits = new GivenPermits(firstPermit);
        // whatever was sent a window ago has long arrived
        budget = new StartBudget(settings.reserve(), window, othersUntil);
        margin = new AdaptiveMargin(settings.margin(), settings.maxMargin());
        starts = new RecentStarts(settings.identifiesPerShard());
    }

    /// Takes what the upstream says of the bot's starts; nothing is given before the first time. What was asked for before
    /// the reading that is known is ignored.
    ///
    /// @param requestedAt when the upstream was asked
    /// @throws IllegalArgumentException when there are more than 65,536 keys
    public void limit(SessionStartLimit limit, long requestedAt, long now) {
        IdentifyKeys.check(limit.maxConcurrency());
        advance(now);
        if (budget.read(limit, requestedAt, now) && limit.maxConcurrency() != keys.count()) {
            // their deadlines are all that the new keys know of them
            keys.forEach(key -> expire(key, key.busyUntil()));
            keys.changeTo(limit.maxConcurrency());
        }
    }

    /// Whether the upstream should be asked for the limits: they are not known, their period is over, or they hold a shard back
    /// and are no longer fresh.
    public boolean readingWanted(long now) {
        return !budget.isKnown() || budget.resetIn(now) == 0
                || (budget.age(now) >= READING_LIFE && isHeldBack());
    }

    /// Takes a member's poll: all that wait there, and what became of its permits. New ones go to the end of their key's queue;
    /// those which had a place keep it, and those which are not listed have none any more.
    ///
    /// @param incarnation grows with each life of the member
    /// @return false for a poll of a former life, or of more members than there can be: it has no effect, and no permit may be
    ///         asked for to answer it
    public boolean poll(String member, long incarnation, List<Waiting> waiting, List<PermitReport> reports,
            long arrivedAt) {
        advance(arrivedAt);
        if (!pollers.admit(member, incarnation, arrivedAt)) {
            return false;
        }
        reports.forEach(report -> take(report, arrivedAt));
        pollers.list(member, waiting, arrivedAt);
        return true;
    }

    /// The permits for a member now, to be sent as the answer to its last poll. A poll that most of a permit's life has passed
    /// by gets none.
    ///
    /// @param pollArrivedAt when that poll came
    public List<Permit> grants(String member, long now, long pollArrivedAt) {
        advance(now);
        List<Permit> granted = new ArrayList<>();
        if (pollers.isKnown(member) && now - pollArrivedAt <= permitLife / 4 * 3) {
            for (KeyQueue key : keys) {
                Waiter head = opensAt(key, now) - now > 0 ? null : key.head(waiter -> mayGo(waiter, now));
                if (head != null && head.isOf(member)) {
                    granted.add(give(key, head, now, pollArrivedAt + permitLife));
                }
            }
        }
        return granted;
    }

    /// When [#grants] could next give something without a poll in between, if it was asked for all members whose polls are
    /// held: a window opens, a head's member has been silent for too long, or a shard's IDENTIFYs are a day old. Never before
    /// `now`.
    public OptionalLong nextChange(long now) {
        advance(now);
        OptionalLong next = OptionalLong.empty();
        for (KeyQueue key : keys) {
            OptionalLong change = nextChange(key, now);
            if (change.isPresent() && (next.isEmpty() || change.getAsLong() - next.getAsLong() < 0)) {
                next = change;
            }
        }
        return next;
    }

    /// Permits that are out.
    public int outstanding() {
        int outstanding = 0;
        for (KeyQueue key : keys) {
            outstanding += key.outstanding() == null ? 0 : 1;
        }
        return outstanding;
    }

    /// What it looks like now.
    public PacingView view(long now) {
        advance(now);
        List<PacingView.Key> views = new ArrayList<>();
        List<ShardId> capped = new ArrayList<>();
        int count = 0;
        for (KeyQueue key : keys) {
            GivenPermit out = key.outstanding();
            views.add(new PacingView.Key(key.key(), key.waiters().size(),
                    Duration.ofNanos(Math.max(0, opensAt(key, now) - now)),
                    Optional.ofNullable(out).map(GivenPermit::holder)));
            for (Waiter waiter : key.waiters()) {
                count = Math.max(count, waiter.shard().count());
                if (starts.wait(waiter.shard(), now) > 0) {
                    capped.add(waiter.shard());
                }
            }
        }
        return new PacingView(List.copyOf(views), budget.view(count, now), Duration.ofNanos(margin.at(now)),
                List.copyOf(capped));
    }

    private void advance(long now) {
        keys.forEach(key -> expire(key, now));
        pollers.forgetSilent(now);
    }

    private void expire(KeyQueue key, long now) {
        GivenPermit out = key.outstanding();
        if (out != null && out.expire(now)) {
            listener.expired(out.permit());
        }
    }

    private void take(PermitReport report, long at) {
        GivenPermit permit = permits.find(report);
        if (permit == null) {
            takeForeign(report, at);
        } else if (report.kind() == PermitReport.Kind.UNUSED) {
            if (permit.letGo()) {
                budget.refund(report.permit());
                starts.takeBack(report.shard());
                listener.unused(permit.permit());
            }
        } else {
            if (permit.use()) {
                use(permit, at);
            }
            if (report.kind() == PermitReport.Kind.REJECTED && permit.reject()) {
                reject(report, at);
            }
        }
    }

    private void use(GivenPermit permit, long at) {
        KeyQueue key = keys.of(permit.permit().shard());
        key.used(at);
        budget.charge(permit.permit().id(), at);
        key.reported(permit, at).ifPresent(gap -> listener.gap(key.key(), Duration.ofNanos(gap)));
    }

    /// A permit of the leader before, or of one that does not know yet that it leads no more.
    private void takeForeign(PermitReport report, long at) {
        if (report.kind() == PermitReport.Kind.UNUSED) {
            return;
        }
        if (permits.isForeignNews(new PermitReport(report.permit(), report.shard(), PermitReport.Kind.USED))) {
            keys.of(report.shard()).used(at);
            budget.charge(report.permit(), at);
            starts.add(report.shard(), at);
        }
        if (report.kind() == PermitReport.Kind.REJECTED && permits.isForeignNews(report)) {
            reject(report, at);
        }
    }

    private void reject(PermitReport report, long at) {
        margin.rejected(at);
        listener.rejected(report.shard(), Duration.ofNanos(margin.at(at)));
    }

    private Permit give(KeyQueue key, Waiter waiter, long now, long deadline) {
        GivenPermit given = permits.give(waiter, deadline);
        key.give(given);
        budget.charge(given.permit().id(), deadline);
        starts.add(waiter.shard(), now);
        listener.granted(given.permit(), key.key(), Duration.ofNanos(now - waiter.since()));
        return given.permit();
    }

    private long opensAt(KeyQueue key, long now) {
        return key.busyUntil() + window + margin.at(now);
    }

    private boolean mayGo(Waiter waiter, long now) {
        return budget.allows(waiter) && starts.wait(waiter.shard(), now) == 0;
    }

    private boolean isHeldBack() {
        for (KeyQueue key : keys) {
            if (key.head(waiter -> !budget.allows(waiter)) != null) {
                return true;
            }
        }
        return false;
    }

    private OptionalLong nextChange(KeyQueue key, long now) {
        long opensAt = opensAt(key, now);
        Waiter head = key.head(waiter -> mayGo(waiter, now));
        if (head != null) {
            return OptionalLong.of(opensAt - now > 0 ? opensAt : pollers.silentAt(head.member()));
        }
        return key.waiters().stream().filter(budget::allows)
                .mapToLong(waiter -> now + starts.wait(waiter.shard(), now)).min()
                .stream().map(at -> KeyQueue.later(at, opensAt)).findFirst();
    }
}
