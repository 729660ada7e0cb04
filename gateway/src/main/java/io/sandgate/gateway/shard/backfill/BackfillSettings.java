package io.sandgate.gateway.shard.backfill;

import java.time.Duration;

/// How member lists are asked for.
///
/// @param concurrency how many shards of this process may ask for their new guilds at a time
/// @param min a shard that may ask keeps that right for so long at least
/// @param max and for so long at most; what it has not asked for then waits for its next turn
/// @param divergence how far the count that is known may be from the upstream's, as a part of the upstream's, for a new guild
///        not to be asked for; 0 asks for every one
/// @param perGuild shortest time between two requests for one guild's list, as the upstream wants it
/// @param requestTimeout a request without a further chunk for so long is given up
/// @param sweepPerSecond requests of the sweep in a second, of all replicas together; 0 for no sweep
/// @param guildsPerShard most guilds of one shard that are remembered
/// @param openPerShard most requests of one shard that wait for their chunks
/// @param pacedGuilds most guilds of this process whose last request is remembered; nothing is asked for while there are more
public record BackfillSettings(int concurrency, Duration min, Duration max, double divergence, Duration perGuild,
        Duration requestTimeout, double sweepPerSecond, int guildsPerShard, int openPerShard, int pacedGuilds) {

    /// The upstream allows 2,500 guilds in a shard, and a list in 30 s.
    public static final BackfillSettings DEFAULT = new BackfillSettings(4, Duration.ofSeconds(1),
            Duration.ofSeconds(120),
            0, Duration.ofSeconds(30), Duration.ofSeconds(30), 12, 5_000, 64, 100_000);

    public BackfillSettings {
        within("concurrency", concurrency, 1, 1_024);
        within("min", min, Duration.ZERO);
        within("max", max, Duration.ofSeconds(1));
        if (max.compareTo(min) < 0) {
            throw wrong("max", max, "at least sandgate.shards.backfill.min, " + min);
        }
        if (!(divergence >= 0 && divergence <= 1)) {
            throw wrong("divergence", divergence, "0-1");
        }
        within("per-guild", perGuild, Duration.ZERO);
        within("request-timeout", requestTimeout, Duration.ofMillis(100));
        if (!(sweepPerSecond >= 0 && sweepPerSecond <= 1_000)) {
            throw wrong("sweep-per-second", sweepPerSecond, "0-1000");
        }
        within("guilds-per-shard", guildsPerShard, 1, 100_000);
        within("open-per-shard", openPerShard, 1, 1_000);
        within("paced-guilds", pacedGuilds, 100, 10_000_000);
    }

    private static void within(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw wrong(name, value, least + "-" + most);
        }
    }

    private static void within(String name, Duration value, Duration least) {
        if (value.compareTo(least) < 0 || value.compareTo(Duration.ofHours(1)) > 0) {
            throw wrong(name, value, least + "-PT1H");
        }
    }

    private static IllegalArgumentException wrong(String name, Object value, String expected) {
        return new IllegalArgumentException(
                "sandgate.shards.backfill." + name + ": " + value + " (expected: " + expected + ")");
    }
}
