package io.sandgate.e2e.upstream;

import java.time.Duration;
import java.util.function.Consumer;

/// What a fake upstream enforces, and what its world is like.
///
/// @param token of the bot, without which nothing is answered but `/gateway`
/// @param window between two IDENTIFYs of one key, from receipt to receipt
/// @param maxConcurrency how many keys there are: the key of a shard is its number modulo this
/// @param startTotal IDENTIFYs in each period
/// @param startRemaining those that are left in the present one
/// @param startResetAfter the length of a period; the present one begins when this is set
/// @param recommendedShards what `/gateway/bot` says; when it is more than one, an IDENTIFY must have a shard
/// @param requiredShardMultiple what the number of shards must be a multiple of
/// @param heartbeatInterval as told in HELLO; after one and a half without a heartbeat, the connection is closed
/// @param helloDelay from the opened connection to HELLO
/// @param readyDelay from IDENTIFY to READY
/// @param sessionLife of a session without a connection
/// @param replayDepth how many events a session can replay
/// @param sendLimit messages that one connection may send in a `sendWindow`
/// @param membersWindow in which a guild's whole list of members is sent once
/// @param restRetryAfter what a 429 asks for
/// @param allowedIntents the bits that an IDENTIFY may ask for
/// @param guildsPerShard guilds for each of the recommended shards: the world has that many times `recommendedShards`
/// @param membersPerGuild the size of each guild's list
public record UpstreamRules(String token, Duration window, int maxConcurrency, int startTotal, int startRemaining,
        Duration startResetAfter, int recommendedShards, int requiredShardMultiple, Duration heartbeatInterval,
        Duration helloDelay, Duration readyDelay, Duration sessionLife, int replayDepth, int sendLimit,
        Duration sendWindow, Duration membersWindow, Duration restRetryAfter, long allowedIntents, int guildsPerShard,
        int membersPerGuild) {

    /// The largest message that a client may send, in bytes.
    static final int MAX_PAYLOAD = 4096;
    /// The bits that mean something.
    static final long KNOWN_INTENTS = 0x1FFFFL | 3L << 20 | 3L << 24;
    /// The bit that a whole list of members needs.
    static final long GUILD_MEMBERS = 1L << 1;

    /// The rules as they are documented, for a bot with a small world.
    public static final UpstreamRules DISCORD = new UpstreamRules("fake-token", Duration.ofSeconds(5), 1, 1000, 1000,
            Duration.ofHours(24), 1, 1, Duration.ofMillis(41_250), Duration.ZERO, Duration.ZERO, Duration.ofMinutes(3),
            500, 120, Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ofSeconds(1), KNOWN_INTENTS, 4, 1500);

    public UpstreamRules {
        atLeast("max-concurrency", maxConcurrency, 1);
        atLeast("start-remaining", startRemaining, 0);
        atLeast("recommended-shards", recommendedShards, 1);
        atLeast("required-shard-multiple", requiredShardMultiple, 1);
        atLeast("replay-depth", replayDepth, 1);
        atLeast("send-limit", sendLimit, 1);
        atLeast("guilds-per-shard", guildsPerShard, 0);
        atLeast("members-per-guild", membersPerGuild, 0);
        atLeast("start-reset-after in ms", startResetAfter.toMillis(), 1);
        atLeast("heartbeat-interval in ms", heartbeatInterval.toMillis(), 1);
    }

    private static void atLeast(String what, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(what + ": " + value + " (expected: at least " + least + ")");
        }
    }

    /// The same with all times longer or shorter.
    public UpstreamRules scaled(double factor) {
        return with(draft -> {
            draft.window = times(window, factor);
            draft.startResetAfter = times(startResetAfter, factor);
            draft.heartbeatInterval = times(heartbeatInterval, factor);
            draft.helloDelay = times(helloDelay, factor);
            draft.readyDelay = times(readyDelay, factor);
            draft.sessionLife = times(sessionLife, factor);
            draft.sendWindow = times(sendWindow, factor);
            draft.membersWindow = times(membersWindow, factor);
            draft.restRetryAfter = times(restRetryAfter, factor);
        });
    }

    private static Duration times(Duration time, double factor) {
        return Duration.ofNanos(Math.round(time.toNanos() * factor));
    }

    /// The same with some values changed: `rules.with(draft -> draft.maxConcurrency = 16)`.
    public UpstreamRules with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.rules();
    }

    /// Whether the count of starts begins anew when these rules follow others.
    boolean startsDiffer(UpstreamRules other) {
        return startTotal != other.startTotal || startRemaining != other.startRemaining
                || !startResetAfter.equals(other.startResetAfter);
    }

    /// Rules in the making.
    public static final class Draft {
        public String token;
        public Duration window;
        public int maxConcurrency;
        public int startTotal;
        public int startRemaining;
        public Duration startResetAfter;
        public int recommendedShards;
        public int requiredShardMultiple;
        public Duration heartbeatInterval;
        public Duration helloDelay;
        public Duration readyDelay;
        public Duration sessionLife;
        public int replayDepth;
        public int sendLimit;
        public Duration sendWindow;
        public Duration membersWindow;
        public Duration restRetryAfter;
        public long allowedIntents;
        public int guildsPerShard;
        public int membersPerGuild;

        private Draft(UpstreamRules rules) {
            token = rules.token;
            window = rules.window;
            maxConcurrency = rules.maxConcurrency;
            startTotal = rules.startTotal;
            startRemaining = rules.startRemaining;
            startResetAfter = rules.startResetAfter;
            recommendedShards = rules.recommendedShards;
            requiredShardMultiple = rules.requiredShardMultiple;
            heartbeatInterval = rules.heartbeatInterval;
            helloDelay = rules.helloDelay;
            readyDelay = rules.readyDelay;
            sessionLife = rules.sessionLife;
            replayDepth = rules.replayDepth;
            sendLimit = rules.sendLimit;
            sendWindow = rules.sendWindow;
            membersWindow = rules.membersWindow;
            restRetryAfter = rules.restRetryAfter;
            allowedIntents = rules.allowedIntents;
            guildsPerShard = rules.guildsPerShard;
            membersPerGuild = rules.membersPerGuild;
        }

        private UpstreamRules rules() {
            return new UpstreamRules(token, window, maxConcurrency, startTotal, startRemaining, startResetAfter,
                    recommendedShards, requiredShardMultiple, heartbeatInterval, helloDelay, readyDelay, sessionLife,
                    replayDepth, sendLimit, sendWindow, membersWindow, restRetryAfter, allowedIntents, guildsPerShard,
                    membersPerGuild);
        }
    }
}
