package io.sandgate.membership;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/// Who owns which shard: a pure function of what all members know, so that they agree without a message.
///
/// Bounded rendezvous hashing: each shard goes to the member that draws the highest number for it, among those that have
/// less than their share, which is 10 % above the average. A member that joins or leaves moves about as many shards as it
/// gets or had, and few beside them. The numbers are part of the contract between replicas of different versions.
public final class Ownership {
    /// The largest load, in tenths of the average.
    private static final int LOAD_BOUND_TENTHS = 11;

    private Ownership() {}

    /// The owner of each shard, by its number from 0.
    ///
    /// @param generation shuffles all shards anew when it changes
    /// @param members the names of those that may own something, in any order
    /// @throws IllegalArgumentException when there are shards and no member
    public static List<String> owners(long generation, Collection<String> members, int shards) {
        List<String> names = List.copyOf(new TreeSet<>(members));
        if (shards < 0) {
            throw new IllegalArgumentException("shards: " + shards + " (expected: 0 or more)");
        }
        if (shards > 0 && names.isEmpty()) {
            throw new IllegalArgumentException("members: none (expected: at least one for " + shards + " shards)");
        }
        long[] seeds = names.stream().mapToLong(name -> mix(hash(name) ^ mix(generation))).toArray();
        int[] loads = new int[names.size()];
        int most = most(shards, names.size());
        List<String> owners = new ArrayList<>(shards);
        for (int shard = 0; shard < shards; shard++) {
            int owner = owner(shard, seeds, loads, most);
            loads[owner]++;
            owners.add(names.get(owner));
        }
        return owners;
    }

    /// How many shards one of so many members owns at most.
    static int most(int shards, int members) {
        return members == 0 ? 0 : Math.toIntExact(Math.ceilDiv((long) LOAD_BOUND_TENTHS * shards, 10L * members));
    }

    /// Among equal numbers the lower name wins, since the names are sorted.
    private static int owner(int shard, long[] seeds, int[] loads, int most) {
        long salt = mix(shard + 1L);
        int best = -1;
        long highest = 0;
        for (int member = 0; member < seeds.length; member++) {
            long number = mix(seeds[member] + salt);
            if (loads[member] < most && (best < 0 || Long.compareUnsigned(number, highest) > 0)) {
                best = member;
                highest = number;
            }
        }
        return best;
    }

    /// FNV-1a of the name's UTF-8.
    private static long hash(String name) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
        }
        return hash;
    }

    /// The finalizer of SplitMix64: each bit of the input changes half of the bits of the result.
    private static long mix(long value) {
        long z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
