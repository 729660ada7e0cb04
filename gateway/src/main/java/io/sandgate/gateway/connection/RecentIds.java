package io.sandgate.gateway.connection;

import java.util.Arrays;

/// The ids of the last messages that a connection got from other replicas, so that a repeated one is known. Not for several
/// threads at once.
final class RecentIds {
    /// More than a replica repeats at once.
    static final int MOST = 512;
    private static final int FIRST = 8;

    /// The first 64 bits of the ids. Most connections get few messages: it grows as they come.
    private long[] ring = new long[FIRST];
    private int size;
    private int next;

    boolean contains(long id) {
        for (int i = 0; i < size; i++) {
            if (ring[i] == id) {
                return true;
            }
        }
        return false;
    }

    void add(long id) {
        if (size == ring.length && size < MOST) {
            ring = Arrays.copyOf(ring, size * 2);
            next = size;
        }
        ring[next] = id;
        next = (next + 1) % ring.length;
        size = Math.max(size, next == 0 ? ring.length : next);
    }
}
