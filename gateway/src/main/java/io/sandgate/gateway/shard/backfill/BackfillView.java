package io.sandgate.gateway.shard.backfill;

/// The backfill of a replica as an operator sees it.
///
/// @param inflight requests that wait for their chunks
/// @param holding shards that may ask for their new guilds
/// @param waiting shards that wait until they may
/// @param queued new guilds that were not asked for yet
/// @param position which part of the guilds the sweep has behind it in its present round, 0 to 1
public record BackfillView(int inflight, int holding, int waiting, int queued, double position) {}
