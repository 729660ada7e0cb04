/// How the shards reach the upstream and the other replicas: WebSockets and HTTP, over Vert.x.
///
/// Starting points: [io.sandgate.gateway.shard.connect.WebSocketUpstream],
/// [io.sandgate.gateway.shard.connect.HttpShardPeers].
@NullMarked
package io.sandgate.gateway.shard.connect;

import org.jspecify.annotations.NullMarked;
