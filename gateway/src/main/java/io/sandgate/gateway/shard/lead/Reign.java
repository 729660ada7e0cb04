package io.sandgate.gateway.shard.lead;

/// One time in which this replica leads: nobody else can have a majority, so that everyone may keep what he holds.
///
/// @param term higher than that of each reign before
/// @param since when it began, by this replica's clock
/// @param mayAssign whether a majority votes for it now: it may give away what nobody holds
public record Reign(long term, long since, boolean mayAssign) {}
