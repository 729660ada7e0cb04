package io.sandgate.gateway.shard.pacing;

import io.sandgate.gateway.shard.protocol.ShardId;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// One identify window: the shards that wait for it, first come first served, and when an IDENTIFY of it was last sent.
///
/// The window belongs to the key and not to the holder's life: it runs from the last moment at which an IDENTIFY may have
/// been sent. For a permit that nothing was heard of that is its deadline, else what was reported.
final class KeyQueue {
    private final int key;
    private final SequencedMap<ShardId, Waiter> waiters = new LinkedHashMap<>();
    private long usedAt;
    private @Nullable GivenPermit last;
    private OptionalLong reportedAt = OptionalLong.empty();

    /// @param usedAt when an IDENTIFY may have been sent before anything is known
    KeyQueue(int key, long usedAt) {
        this.key = key;
        this.usedAt = usedAt;
    }

    /// The later one of two times of a clock that may wrap.
    static long later(long one, long other) {
        return other - one > 0 ? other : one;
    }

    int key() {
        return key;
    }

    /// Those that wait, in order.
    Collection<Waiter> waiters() {
        return Collections.unmodifiableCollection(waiters.values());
    }

    /// A shard's place.
    @Nullable
    Waiter waiter(ShardId shard) {
        return waiters.get(shard);
    }

    /// Gives a shard a place at the end; one that has a place keeps it.
    void put(Waiter waiter) {
        waiters.put(waiter.shard(), waiter);
    }

    void putFirst(Waiter waiter) {
        waiters.putFirst(waiter.shard(), waiter);
    }

    /// Takes a shard's place away if it is that member's.
    void remove(ShardId shard, String member) {
        Waiter waiter = waiters.get(shard);
        if (waiter != null && waiter.isOf(member)) {
            waiters.remove(shard);
        }
    }

    /// The first that may go. Those that may not are passed by and keep their places.
    @Nullable
    Waiter head(Predicate<Waiter> mayGo) {
        for (Waiter waiter : waiters.values()) {
            if (mayGo.test(waiter)) {
                return waiter;
            }
        }
        return null;
    }

    /// The last moment at which an IDENTIFY may have been or may be sent.
    long busyUntil() {
        return last != null && last.isUnreported() ? later(usedAt, last.deadline()) : usedAt;
    }

    /// The permit that was given last.
    @Nullable
    GivenPermit last() {
        return last;
    }

    /// The permit that its holder may still use.
    @Nullable
    GivenPermit outstanding() {
        return last != null && last.isOutstanding() ? last : null;
    }

    /// Gives the permit to a waiter, which leaves the queue.
    void give(GivenPermit permit) {
        last = permit;
        waiters.remove(permit.permit().shard());
    }

    /// An IDENTIFY was sent, at that moment at the latest.
    void used(long at) {
        usedAt = later(usedAt, at);
    }

    /// A permit was reported as used. How long after the report before it; empty for the first, and for one that was overtaken.
    OptionalLong reported(GivenPermit permit, long at) {
        if (permit != last) {
            return OptionalLong.empty();
        }
        OptionalLong before = reportedAt;
        reportedAt = OptionalLong.of(at);
        return before.isPresent() ? OptionalLong.of(at - before.getAsLong()) : before;
    }
}
