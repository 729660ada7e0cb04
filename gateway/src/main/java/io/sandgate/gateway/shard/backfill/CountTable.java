package io.sandgate.gateway.shard.backfill;

/// A table of counts by guild: open addressing with linear probing, no object for an entry.
///
/// Guilds are above 0, which marks a free place. What is removed leaves no mark: those behind it move up.
final class CountTable {
    /// What is given for a guild without a count.
    static final int NONE = -1;
    private static final int FIRST_CAPACITY = 16;

    /// Takes one entry.
    @FunctionalInterface
    interface Entries {
        void take(long guild, int count);
    }

    private long[] guilds;
    private int[] counts;
    private int size;

    CountTable() {
        this(new long[FIRST_CAPACITY], new int[FIRST_CAPACITY], 0);
    }

    private CountTable(long[] guilds, int[] counts, int size) {
        this.guilds = guilds;
        this.counts = counts;
        this.size = size;
    }

    CountTable copy() {
        return new CountTable(guilds.clone(), counts.clone(), size);
    }

    int get(long guild) {
        int place = place(guild);
        return guild > 0 && guilds[place] == guild ? counts[place] : NONE;
    }

    void put(long guild, int count) {
        int place = place(guild);
        if (guilds[place] != guild) {
            if (2 * (size + 1) > guilds.length) {
                grow();
                place = place(guild);
            }
            guilds[place] = guild;
            size++;
        }
        counts[place] = count;
    }

    boolean remove(long guild) {
        int hole = place(guild);
        if (guild <= 0 || guilds[hole] != guild) {
            return false;
        }
        int mask = guilds.length - 1;
        for (int next = (hole + 1) & mask; guilds[next] != 0; next = (next + 1) & mask) {
            int home = home(guilds[next]);
            // it may move up to the hole unless that lies before its home
            if (((next - home) & mask) >= ((next - hole) & mask)) {
                guilds[hole] = guilds[next];
                counts[hole] = counts[next];
                hole = next;
            }
        }
        guilds[hole] = 0;
        size--;
        return true;
    }

    int size() {
        return size;
    }

    void each(Entries entries) {
        for (int place = 0; place < guilds.length; place++) {
            if (guilds[place] != 0) {
                entries.take(guilds[place], counts[place]);
            }
        }
    }

    /// Where the guild is, or would be.
    private int place(long guild) {
        int mask = guilds.length - 1;
        int place = home(guild);
        while (guilds[place] != 0 && guilds[place] != guild) {
            place = (place + 1) & mask;
        }
        return place;
    }

    private int home(long guild) {
        return (int) (mix(guild) & (guilds.length - 1));
    }

    /// The finalizer of SplitMix64: the low bits of a snowflake are a counter, mostly 0.
    static long mix(long value) {
        long z = value;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    private void grow() {
        long[] oldGuilds = guilds;
        int[] oldCounts = counts;
        guilds = new long[2 * oldGuilds.length];
        counts = new int[2 * oldCounts.length];
        for (int old = 0; old < oldGuilds.length; old++) {
            if (oldGuilds[old] != 0) {
                int place = place(oldGuilds[old]);
                guilds[place] = oldGuilds[old];
                counts[place] = oldCounts[old];
            }
        }
    }
}
