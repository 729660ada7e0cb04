package io.sandgate.gateway.stream.log;

import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.Origin;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
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

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final Deque<Item> items = new ArrayDeque<>();
    private final int most;
    private final long mostBytes;
    private long bytes;
    private boolean broken;
    private boolean renewal;
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

    /// Asks for another epoch though no event was lost.
    void renew() {
        lock.lock();
        try {
            renewal = true;
            more.signal();
        } finally {
            lock.unlock();
        }
    }

    /// Waits for events; none when another epoch is due, or all before the end were taken.
    List<Item> take(int maxItems, long maxBytes) {
        List<Item> taken = new ArrayList<>();
        lock.lock();
        try {
            while (items.isEmpty() && !broken && !renewal && !closed) {
                more.awaitUninterruptibly();
            }
            long size = 0;
            if (renewal) {
                return taken;
            }
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
    /// @return whether another epoch is due
    boolean reopen() {
        lock.lock();
        try {
            boolean due = renewal;
            renewal = false;
            if (items.isEmpty()) {
                due |= broken;
                broken = false;
            }
            return due;
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

    int size() {
        lock.lock();
        try {
            return items.size();
        } finally {
            lock.unlock();
        }
    }
}
