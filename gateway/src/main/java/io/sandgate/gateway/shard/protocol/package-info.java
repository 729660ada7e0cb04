/// The upstream's protocol as data: frames, codes, compression and the limits on what may be sent. Nothing here connects.
///
/// Starting points: [io.sandgate.gateway.shard.protocol.ShardId] for what is connected,
/// [io.sandgate.gateway.shard.protocol.Payload] for what comes, [io.sandgate.gateway.shard.protocol.Frames] for what is sent.
@NullMarked
package io.sandgate.gateway.shard.protocol;

import org.jspecify.annotations.NullMarked;
