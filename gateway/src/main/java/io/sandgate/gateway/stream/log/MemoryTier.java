package io.sandgate.gateway.stream.log;

import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.EventReader.Loss;
import io.sandgate.gateway.stream.event.EventReader.Read;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// The newest entries of one epoch, in a ring of slots; bounded by bytes. One thread appends, any number read without a lock.
///
/// An entry is written into its slot, then the tip is published: whoever sees the tip sees the entry. What is evicted leaves
/// in the other order: the floor first, then the slot, so that an empty slot is never taken for a readable place. A reader
/// knows that a slot is not the one that it wants by the number of the entry in it.
final class MemoryTier {
    /// What an entry takes on the heap beside its texts.
    static final int OVERHEAD = 512;

    private final AtomicReferenceArray<@Nullable Entry> slots;
    private final int mask;
    private final long budget;
    private volatile long tip;
    private volatile long floor;
    private volatile long bytes;
    private long used;

    /// @param tip the number of the last entry that there was before; what is up to it is not here
    /// @param budget how many bytes of heap the entries may take; the newest one is kept at any size
    MemoryTier(long tip, long budget) {
        // no entry is smaller than the overhead, so the ring is never too short for the budget
        int most = (int) Math.max(1, Math.min(1 << 24, budget / OVERHEAD));
        int size = most == 1 ? 1 : Integer.highestOneBit(most - 1) << 1;
        this.slots = new AtomicReferenceArray<>(size);
        this.mask = size - 1;
        this.budget = budget;
        this.tip = tip;
        this.floor = tip + 1;
    }

    /// Adds the next entry; by the appender only.
    void append(Entry entry) {
        if (entry.seq() != tip + 1) {
            throw new IllegalArgumentException("seq: " + entry.seq() + " (expected: " + (tip + 1) + ")");
        }
        long cost = cost(entry);
        evict(cost);
        slots.set(index(entry.seq()), entry);
        used += cost;
        bytes = used;
        tip = entry.seq();
    }

    private void evict(long cost) {
        long lowest = floor;
        while (lowest <= tip && (used + cost > budget || tip + 1 - lowest >= slots.length())) {
            Entry oldest = slots.get(index(lowest));
            lowest++;
            floor = lowest;
            slots.set(index(lowest - 1), null);
            used -= oldest == null ? 0 : cost(oldest);
        }
    }

    /// What is behind a place; empty when it is not here any more.
    Optional<Read> read(long after, int maxEntries, int maxBytes) {
        long end = tip;
        if (after >= end) {
            return Optional.of(after == end ? new Read.AtTip() : new Read.Lost(Loss.AHEAD));
        }
        int most = (int) Math.max(1, Math.min(maxEntries, end - after));
        List<Entry> found = new ArrayList<>(Math.min(most, 1024));
        long size = 0;
        for (long seq = after + 1; found.size() < most; seq++) {
            Entry entry = slots.get(index(seq));
            if (entry == null || entry.seq() != seq) {
                break;
            }
            size += entry.json().length();
            if (size > maxBytes && !found.isEmpty()) {
                break;
            }
            found.add(entry);
        }
        return found.isEmpty()
                ? Optional.empty()
                : Optional.of(new Read.Entries(Collections.unmodifiableList(found)));
    }

    /// The number of the last entry.
    long tip() {
        return tip;
    }

    /// The lowest number that is here; one more than the tip when nothing is.
    long floor() {
        return floor;
    }

    /// What the entries take, about.
    long bytes() {
        return bytes;
    }

    private int index(long seq) {
        return (int) (seq & mask);
    }

    private static long cost(Entry entry) {
        long texts = entry.event().data().length() + (long) entry.json().length();
        for (Map.Entry<String, String> pair : entry.event().metadata().entrySet()) {
            texts += pair.getKey().length() + (long) pair.getValue().length();
        }
        return OVERHEAD + texts;
    }
}
