package io.sandgate.gateway.stream.log;

import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.Origin;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Events on their way to the appender; bounded. Any thread gives, one takes.
///
/// When an own event finds no room it is lost, and so is each that follows until the appender has taken all that came before
/// and has begun another epoch: the hole is then at the end of the old epoch, never within one. An event of another replica
/// that finds no room is not lost, that replica has it: it is refused, and leaves half of the room to the own ones.
final class Inbox {

    /// An event that waits.
    ///
    /// @param origin where it happened; null when it happened here
    /// @param stored told when it can be read
    /// @param since when it was given, on the nano clock
    record Item(Event event, @Nullable Origin origin, CompletableFuture<Cursor> stored, long since) {
        private long size() {
            return MemoryTier.OVERHEAD + (long) event.data().length();
        }
    }

    /// What became of an event that was given.
    enum Offer {
        /// It waits.
        TAKEN,
        /// There is no room; the epoch goes on.
        REFUSED,
        /// There was no room, and the epoch ends.
        LOST,
        /// Nothing is taken any more.
        CLOSED
    }

    /// What is to be done when there is nothing to take.
    enum Due {
        /// Another epoch begins.
        EPOCH,
        /// Nothing: take again.
        NOTHING,
        /// All before the end were taken.
        END
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final Deque<Item> items = new ArrayDeque<>();
    private final int most;
    private final long mostBytes;
    private long bytes;
    private boolean broken;
    private final Set<String> renewals = new HashSet<>();
    private boolean closed;

    /// @param most how many may wait
    /// @param mostBytes how much heap they may take, about
    Inbox(int most, long mostBytes) {
        this.most = most;
        this.mostBytes = mostBytes;
    }

    /// Gives an event; never waits for the appender.
    Offer offer(Item item) {
        lock.lock();
        try {
            if (closed) {
                return Offer.CLOSED;
            }
            int share = item.origin() == null ? 1 : 2;
            boolean room = items.isEmpty()
                    || (items.size() < most / share && bytes + item.size() <= mostBytes / share);
            if (room && !broken) {
                items.add(item);
                bytes += item.size();
                more.signal();
                return Offer.TAKEN;
            }
            if (item.origin() != null) {
                return Offer.REFUSED;
            }
            broken = true;
            return Offer.LOST;
        } finally {
            lock.unlock();
        }
    }

    /// Asks for another epoch in the place of this one though no event found no room. It may have been replaced meanwhile:
    /// then nothing happens.
    ///
    /// @return whether nobody has asked for it yet
    boolean renew(String epoch) {
        lock.lock();
        try {
            more.signal();
            return renewals.add(epoch);
        } finally {
            lock.unlock();
        }
    }

    /// Waits for events; none when [#due] is to be asked.
    List<Item> take(int maxItems, long maxBytes) {
        lock.lock();
        try {
            while (items.isEmpty() && !broken && renewals.isEmpty() && !closed) {
                more.awaitUninterruptibly();
            }
            if (!renewals.isEmpty()) {
                return List.of();
            }
            // no more memory is needed once the first was taken: none gets lost on the way
            List<Item> taken = new ArrayList<>(Math.min(maxItems, items.size()));
            long size = 0;
            for (Item next = items.peek(); next != null && taken.size() < maxItems; next = items.peek()) {
                size += next.size();
                if (size > maxBytes && !taken.isEmpty()) {
                    break;
                }
                taken.add(items.remove());
                bytes -= next.size();
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /// Takes events again if some were lost; to be asked when [#take] gave none.
    ///
    /// @param epoch the one that goes on
    Due due(String epoch) {
        lock.lock();
        try {
            boolean renewal = renewals.contains(epoch);
            renewals.clear();
            if (items.isEmpty()) {
                renewal |= broken;
                broken = false;
            }
            if (renewal) {
                return Due.EPOCH;
            }
            return closed && items.isEmpty() ? Due.END : Due.NOTHING;
        } finally {
            lock.unlock();
        }
    }

    /// Takes no more.
    void close() {
        lock.lock();
        try {
            closed = true;
            more.signal();
        } finally {
            lock.unlock();
        }
    }

    /// Takes no more, and gives back what nobody will take.
    List<Item> abandon() {
        lock.lock();
        try {
            closed = true;
            List<Item> left = List.copyOf(items);
            items.clear();
            bytes = 0;
            return left;
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return items.size();
        } finally {
            lock.unlock();
        }
    }
}
