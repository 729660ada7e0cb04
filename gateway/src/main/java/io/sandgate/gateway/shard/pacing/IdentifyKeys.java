package io.sandgate.gateway.shard.pacing;

import io.sandgate.gateway.shard.protocol.ShardId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;

/// All identify windows: as many as the upstream says, one until it was asked.
final class IdentifyKeys implements Iterable<KeyQueue> {
    private static final int MAX_KEYS = 65_536;

    private List<KeyQueue> keys;

    /// @param usedAt when an IDENTIFY may have been sent before anything is known
    IdentifyKeys(long usedAt) {
        keys = List.of(new KeyQueue(0, usedAt));
    }

    int count() {
        return keys.size();
    }

    /// The window that a shard is in.
    KeyQueue of(ShardId shard) {
        return keys.get(shard.rateLimitKey(keys.size()));
    }

    @Override
    public Iterator<KeyQueue> iterator() {
        return keys.iterator();
    }

    static void check(int count) {
        if (count > MAX_KEYS) {
            throw new IllegalArgumentException("max_concurrency: " + count + " (expected: 1-" + MAX_KEYS + ")");
        }
    }

    /// Makes it so many windows. All that wait keep their order, and a new window is as busy as the busiest old one that a
    /// shard can have in common with it; permits that are out are only known by their deadlines from then on.
    void changeTo(int count) {
        check(count);
        if (count == keys.size()) {
            return;
        }
        // a number that is k modulo the old count and n modulo the new one exists if both are the same modulo the divisor
        int divisor = divisor(keys.size(), count);
        long[] busy = new long[divisor];
        for (KeyQueue old : keys) {
            int common = old.key() % divisor;
            busy[common] = old.key() < divisor ? old.busyUntil() : KeyQueue.later(busy[common], old.busyUntil());
        }
        List<Waiter> waiters = new ArrayList<>();
        keys.forEach(old -> waiters.addAll(old.waiters()));
        waiters.sort(Comparator.comparingLong(Waiter::ticket));
        List<KeyQueue> changed = new ArrayList<>(count);
        for (int key = 0; key < count; key++) {
            changed.add(new KeyQueue(key, busy[key % divisor]));
        }
        keys = List.copyOf(changed);
        waiters.forEach(waiter -> of(waiter.shard()).put(waiter));
    }

    private static int divisor(int one, int other) {
        return other == 0 ? one : divisor(other, one % other);
    }
}
