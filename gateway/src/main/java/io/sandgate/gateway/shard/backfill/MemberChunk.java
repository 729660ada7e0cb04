package io.sandgate.gateway.shard.backfill;

/// What a GUILD_MEMBERS_CHUNK says of itself.
///
/// @param nonce of the request it answers; empty when it has none
/// @param index from 0
/// @param count how many chunks the answer has
/// @param members how many members are in it
public record MemberChunk(long guild, String nonce, int index, int count, int members) {}
