package io.sandgate.gateway.shard.backfill;

import java.util.Arrays;

/// The guilds of one shard, in the order of their ids.
final class GuildSet {
    private static final int FIRST_CAPACITY = 16;

    private final int bound;
    private long[] guilds = new long[0];
    private int size;

    /// @param bound most guilds in it
    GuildSet(int bound) {
        this.bound = bound;
    }

    /// Whether the guild is in it now; it is not when there was no room.
    boolean add(long guild) {
        int at = Arrays.binarySearch(guilds, 0, size, guild);
        if (at >= 0) {
            return true;
        }
        if (size == bound) {
            return false;
        }
        if (size == guilds.length) {
            guilds = Arrays.copyOf(guilds, Math.max(FIRST_CAPACITY, 2 * size));
        }
        int place = -at - 1;
        System.arraycopy(guilds, place, guilds, place + 1, size - place);
        guilds[place] = guild;
        size++;
        return true;
    }

    void remove(long guild) {
        int at = Arrays.binarySearch(guilds, 0, size, guild);
        if (at >= 0) {
            size--;
            System.arraycopy(guilds, at + 1, guilds, at, size - at);
        }
    }

    /// How many guilds are not above one, which need not be in it.
    int upTo(long guild) {
        int at = Arrays.binarySearch(guilds, 0, size, guild);
        return at >= 0 ? at + 1 : -at - 1;
    }

    /// The guild at a place, from 0.
    long at(int place) {
        return guilds[place];
    }

    int size() {
        return size;
    }
}
