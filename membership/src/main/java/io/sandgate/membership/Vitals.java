package io.sandgate.membership;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// When each other replica was last heard and last healthy, by this replica's own monotonic clock.
///
/// Replicas that are not visible are remembered too, so that they become dead in time: a fixed number of them, of which
/// the one that was added first is forgotten. One that is forgotten, or was never heard, counts from the next question
/// about it, so it is dead late rather than early. May be used from any thread.
///
/// What others said while this replica was paused waits in its sockets, and comes all at once when it wakes up. So after a
/// pause a member counts as heard again only with a heartbeat that comes at least half an interval after the first one.
final class Vitals {
    /// Replicas that are remembered without being visible.
    static final int MOST_ABSENT = 10_000;

    /// @param heardAt when the member last said anything
    /// @param healthyAt when it last said that it is healthy; if it never did, when it was first noticed
    /// @param healthy whether the last that it said was that
    /// @param fresh whether what it said last was not said before a pause of this replica
    private record Sign(long heardAt, long healthyAt, boolean healthy, boolean fresh) {
        Sign stale() {
            return new Sign(heardAt, healthyAt, healthy, false);
        }
    }

    private final Duration routable;
    private final Duration dead;
    private final Duration freshAfter;
    private final LongSupplier nanoTime;
    /// By id, when it was first heard after the last pause.
    private final Map<String, Long> firstHeard = new HashMap<>();
    private final Map<String, Sign> visible = new HashMap<>();
    /// By id, when it was last healthy.
    private final Map<String, Long> absent = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MOST_ABSENT;
        }
    };
    private long listeningSince;
    private boolean paused;

    static Vitals of(ClusterTimers timers, LongSupplier nanoTime) {
        return new Vitals(timers.routable(), timers.dead(), timers.heartbeat().dividedBy(2), nanoTime);
    }

    /// @param freshAfter how long after the first heartbeat since a pause the next one is no longer one that was waiting
    Vitals(Duration routable, Duration dead, Duration freshAfter, LongSupplier nanoTime) {
        this.routable = routable;
        this.dead = dead;
        this.freshAfter = freshAfter;
        this.nanoTime = nanoTime;
        this.listeningSince = nanoTime.getAsLong();
    }

    /// Takes in a heartbeat of a visible member.
    synchronized void heard(Member member) {
        long now = nanoTime.getAsLong();
        boolean healthy = isHealthy(member.state());
        visible.put(member.id(), new Sign(now, healthy ? now : lastHealthy(member.id(), now), healthy,
                isFresh(member.id(), now)));
        absent.remove(member.id());
    }

    private boolean isFresh(String id, long now) {
        if (!paused) {
            return true;
        }
        Long first = firstHeard.putIfAbsent(id, now);
        return first != null && now - first >= freshAfter.toNanos();
    }

    /// All others are no longer visible.
    synchronized void onlyVisible(Collection<String> ids) {
        firstHeard.keySet().retainAll(ids);
        List<String> left = new ArrayList<>(visible.keySet());
        left.removeAll(ids);
        for (String id : left) {
            Sign sign = visible.remove(id);
            if (sign != null) {
                absent.put(id, sign.healthyAt);
            }
        }
    }

    /// This replica did not run for a while and could hear nobody: that time makes nobody dead, and nobody has been heard.
    synchronized void listensAnew() {
        listeningSince = nanoTime.getAsLong();
        paused = true;
        firstHeard.clear();
        visible.replaceAll((id, sign) -> sign.stale());
    }

    /// How many visible members were heard within so long a time, and since the last pause.
    synchronized int heardWithin(Duration time) {
        long now = nanoTime.getAsLong();
        int heard = 0;
        // asked several times a second for as long as a replica lives: a stream is dear to compile
        for (Sign sign : visible.values()) {
            if (sign.fresh && now - sign.heardAt <= time.toNanos()) {
                heard++;
            }
        }
        return heard;
    }

    synchronized MemberHealth health(String id) {
        long now = nanoTime.getAsLong();
        Sign sign = visible.get(id);
        if (sign != null && sign.healthy && now - sign.healthyAt <= routable.toNanos()) {
            return MemberHealth.ROUTABLE;
        }
        long healthyAt = sign == null ? absent.computeIfAbsent(id, unheard -> now) : sign.healthyAt;
        long silence = Math.min(now - healthyAt, now - listeningSince);
        return silence > dead.toNanos() ? MemberHealth.DEAD : MemberHealth.NOT_ROUTABLE;
    }

    /// How long ago a visible member was heard; zero for any other.
    synchronized Duration age(String id) {
        Sign sign = visible.get(id);
        return sign == null ? Duration.ZERO : Duration.ofNanos(nanoTime.getAsLong() - sign.heardAt);
    }

    static boolean isHealthy(MemberState state) {
        return state == MemberState.READY || state == MemberState.DRAINING;
    }

    private long lastHealthy(String id, long otherwise) {
        Sign sign = visible.get(id);
        @Nullable
        Long before = sign == null ? absent.get(id) : Long.valueOf(sign.healthyAt);
        return before == null ? otherwise : before;
    }
}
