package io.sandgate.gateway.shard;

import io.sandgate.gateway.shard.backfill.MemberChunk;
import java.time.Duration;

/// What an event says of a guild and its members.
sealed interface GuildSign {

    /// The session has the guild now.
    ///
    /// @param members how many there are, as the upstream says
    record Present(long guild, long members) implements GuildSign {}

    /// The bot is not in the guild any more.
    record Gone(long guild) implements GuildSign {}

    /// Members joined, or left when negative.
    record Moved(long guild, int delta) implements GuildSign {}

    /// A part of a member list.
    record Chunk(MemberChunk chunk) implements GuildSign {}

    /// A request for a member list that came too early.
    ///
    /// @param nonce of the request; empty when it has none
    /// @param retryAfter how long the upstream wants it to be left
    record Refused(long guild, String nonce, Duration retryAfter) implements GuildSign {}

    /// Something happened in the guild.
    record Mentioned(long guild) implements GuildSign {}
}
