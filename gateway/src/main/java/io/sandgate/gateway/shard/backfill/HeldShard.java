package io.sandgate.gateway.shard.backfill;

import io.sandgate.gateway.shard.protocol.ShardId;

/// One shard that this replica holds: its guilds, what waits for it, and how far the sweep has come with it.
final class HeldShard {
    private final ShardId id;
    private final long settledAt;
    private final GuildSet guilds;
    private final GuildQueue fresh;
    private final GuildQueue refused;
    private boolean connected;
    private long attempt;
    private long pausedUntil;
    private long lastGuild;
    private long wraps;

    /// @param from how far the sweep had come before
    /// @param settledAt from when on its guilds may be asked for: whoever held it before may have asked just now
    /// @param bound most guilds that are remembered
    HeldShard(SweepCursor from, long settledAt, int bound) {
        id = from.shard();
        lastGuild = from.lastGuild();
        wraps = from.wraps();
        this.settledAt = settledAt;
        pausedUntil = settledAt;
        guilds = new GuildSet(bound);
        fresh = new GuildQueue(bound);
        refused = new GuildQueue(bound);
    }

    ShardId id() {
        return id;
    }

    /// All that are known, whether or not they were asked for.
    GuildSet guilds() {
        return guilds;
    }

    /// New ones that are to be asked for.
    GuildQueue fresh() {
        return fresh;
    }

    /// Those that the upstream refused the sweep, which is already past them.
    GuildQueue refused() {
        return refused;
    }

    void connected(long newAttempt) {
        connected = true;
        attempt = newAttempt;
        pausedUntil = settledAt;
    }

    void disconnected() {
        connected = false;
    }

    boolean isConnected() {
        return connected;
    }

    /// The present connection, or the last one.
    long attempt() {
        return attempt;
    }

    /// Nothing may be asked for before a moment.
    void pause(long until) {
        pausedUntil = until;
    }

    boolean isSettled(long now) {
        return settledAt - now <= 0;
    }

    boolean mayAsk(long now) {
        return connected && isSettled(now) && pausedUntil - now <= 0;
    }

    /// Whether the sweep's next guild is behind a wrap; there must be a guild.
    boolean isAtEnd() {
        return guilds.upTo(lastGuild) == guilds.size();
    }

    /// The guild whose turn it is in the sweep; there must be one.
    long next() {
        return guilds.at(isAtEnd() ? 0 : guilds.upTo(lastGuild));
    }

    /// The sweep asked for the guild whose turn it was.
    void passed() {
        long guild = next();
        if (isAtEnd()) {
            wraps++;
        }
        lastGuild = guild;
    }

    /// How many guilds the sweep has behind it in this round.
    int swept() {
        return guilds.upTo(lastGuild);
    }

    SweepCursor cursor() {
        return new SweepCursor(id, lastGuild, wraps);
    }
}
