package io.sandgate.gateway.shard;

import io.sandgate.gateway.shard.protocol.ShardId;
import io.sandgate.gateway.shard.record.SessionRecord;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// Finds the records of shards that this replica has just got.
interface RecordFinder {

    /// What the other replicas have of these shards, within a short time; those that do not answer have nothing. Never fails.
    CompletionStage<List<SessionRecord>> find(Collection<ShardId> shards);
}
