package io.sandgate.gateway.shard.lead;

/// A replica asks another one for its vote, or gives it back.
///
/// @param candidate the replica's id
/// @param incarnation its life
/// @param term the number of the reign that it leads or wants to begin; each reign has a higher one than those before
/// @param leading whether it leads already
/// @param release whether it gives the vote back
/// @param sentAt when it was sent, by the candidate's own clock; comes back with the verdict
public record Ballot(String candidate, long incarnation, long term, boolean leading, boolean release, long sentAt) {}
