package io.sandgate.gateway.shard.lead;

/// The answer to a [Ballot].
///
/// @param granted whether the voter will vote for nobody else for the time of a vote
/// @param highestTerm the highest term that the voter has heard of
public record Verdict(boolean granted, long highestTerm) {}
