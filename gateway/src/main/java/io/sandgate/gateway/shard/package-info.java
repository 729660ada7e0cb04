/// Shards of an upstream event gateway: which replica holds which, and their connections.
///
/// Starting points: [io.sandgate.gateway.shard.Shards], what a replica has of them;
/// [io.sandgate.gateway.shard.Leader], who gives shards and permits to IDENTIFY;
/// [io.sandgate.gateway.shard.ShardHolder], who follows.
@NullMarked
package io.sandgate.gateway.shard;

import org.jspecify.annotations.NullMarked;
