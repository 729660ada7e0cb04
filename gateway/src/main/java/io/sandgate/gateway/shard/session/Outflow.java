package io.sandgate.gateway.shard.session;

/// What of one shard waits in the sink, of all its sessions, and whether any of it may still be handed on. Thread-safe.
final class Outflow {
    /// More must not wait, or reading stops; it goes on when a quarter is left.
    private static final int MOST_EVENTS = 256;
    private static final long MOST_BYTES = 1 << 20;

    private final ShardLease lease;
    private final Object lock = new Object();
    private int events;
    private long bytes;
    private boolean full;
    private boolean watched;
    private volatile boolean closed;

    Outflow(ShardLease lease) {
        this.lease = lease;
    }

    /// Whether this replica has the shard, by a lease that is fresh.
    boolean isOpen() {
        return !closed && lease.isFresh();
    }

    /// Nothing is handed on any more.
    void close() {
        closed = true;
    }

    void add(int size) {
        synchronized (lock) {
            events++;
            bytes += size;
            full |= events >= MOST_EVENTS || bytes >= MOST_BYTES;
        }
    }

    /// An event is done.
    ///
    /// @return whether there is room again, or nothing is left and somebody waits for that
    boolean remove(int size) {
        synchronized (lock) {
            events--;
            bytes -= size;
            boolean hasRoomAgain = full && events <= MOST_EVENTS / 4 && bytes <= MOST_BYTES / 4;
            if (hasRoomAgain) {
                full = false;
            }
            boolean awaited = watched && events == 0;
            if (awaited) {
                watched = false;
            }
            return hasRoomAgain || awaited;
        }
    }

    boolean hasRoom() {
        synchronized (lock) {
            return !full;
        }
    }

    /// Whether nothing waits. If something does, it is told when nothing does any more.
    boolean isEmpty() {
        synchronized (lock) {
            watched = events > 0;
            return !watched;
        }
    }

    int waiting() {
        synchronized (lock) {
            return events;
        }
    }
}
