package io.sandgate.gateway.shard.protocol;

/// One share of a bot's guilds: the `shard` of an IDENTIFY, `[number, count]`. Shards of different counts are different
/// ones, and may be connected at the same time.
///
/// @param number from 0
/// @param count of how many
public record ShardId(int number, int count) implements Comparable<ShardId> {

    public ShardId {
        if (count < 1 || number < 0 || number >= count) {
            throw new IllegalArgumentException(
                    "shard: " + number + " of " + count + " (expected: a number from 0 to below the count)");
        }
    }

    /// The shard that gets a guild's events: its snowflake without the lowest 22 bits, modulo the count.
    public static ShardId ofGuild(long guild, int count) {
        return new ShardId((int) Long.remainderUnsigned(guild >>> 22, count), count);
    }

    /// Which of the upstream's identify windows it shares with others.
    ///
    /// @param maxConcurrency how many windows there are
    public int rateLimitKey(int maxConcurrency) {
        return number % maxConcurrency;
    }

    /// By count, then by number.
    @Override
    public int compareTo(ShardId other) {
        int byCount = Integer.compare(count, other.count);
        return byCount != 0 ? byCount : Integer.compare(number, other.number);
    }

    /// As `number/count`.
    @Override
    public String toString() {
        return number + "/" + count;
    }
}
