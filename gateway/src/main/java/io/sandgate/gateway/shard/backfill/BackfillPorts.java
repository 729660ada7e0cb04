package io.sandgate.gateway.shard.backfill;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// What the backfill needs of others; all of it is called on the backfill's loop and returns at once.
///
/// @param requester sends on the shards' connections
/// @param counts the member counts that are known
/// @param sinkIsLow whether so little waits for the sink that more may come
/// @param cursorMoved is given the place of a shard's sweep to keep it, some seconds after it moved and when the shard is
///        released
public record BackfillPorts(MemberRequester requester, GuildCounts counts, BooleanSupplier sinkIsLow,
        Consumer<SweepCursor> cursorMoved) {}
