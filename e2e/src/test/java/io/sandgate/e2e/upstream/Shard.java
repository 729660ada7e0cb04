package io.sandgate.e2e.upstream;

/// One shard of the upstream's: a number, and among how many.
public record Shard(int number, int count) {

    public Shard {
        if (number < 0 || number >= count) {
            throw new IllegalArgumentException("shard: " + number + " (expected: 0 to " + (count - 1) + ")");
        }
    }

    /// The one that has a guild.
    static Shard of(long guild, int count) {
        return new Shard((int) ((guild >>> 22) % count), count);
    }

    @Override
    public String toString() {
        return "[" + number + "," + count + "]";
    }
}
